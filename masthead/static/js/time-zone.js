// Offers the time zone of this browser beside a field for one. The field works without it.

const field = document.querySelector("select[data-suggests-zone]");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

if (field && zone) {
  const button = document.createElement("button");
  const place = document.createElement("p");
  place.className = "zone-suggestion";
  button.type = "button";
  button.dataset.weight = "second";
  button.textContent = `Use ${zone.replaceAll("_", " ")}, as this browser does`;
  place.append(button);
  const show = () => { place.hidden = field.value === zone; };
  button.addEventListener("click", () => {
    // Browsers know some zones by older names, which the list leaves out and the server accepts.
    if (![...field.options].some((option) => option.value === zone)) field.add(new Option(zone, zone));
    field.value = zone;
    show();
    field.focus();
  });
  field.addEventListener("change", show);
  field.after(place);
  show();
}
