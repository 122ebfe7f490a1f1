// A list of suggestions replaces the whole field, so each suggestion begins with the names that are there already.

export const init = (field) => {
  const people = field?.list;
  if (!people) return;
  const names = [...people.options].map((option) => option.value);
  field.addEventListener("input", () => {
    const written = field.value.slice(0, field.value.lastIndexOf(",") + 1);
    [...people.options].forEach((option, index) => { option.value = `${written}${written && " "}${names[index]}`; });
  });
};
