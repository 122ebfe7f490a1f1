// Tells the server the time zone of this browser with the forms that sign somebody in, who may have none yet.

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

if (zone) {
  for (const form of document.querySelectorAll(".account-form form[method=post]")) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "time_zone";
    field.value = zone;
    form.append(field);
  }
}
