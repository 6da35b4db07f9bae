// Filter the table of licenses by name, kind and act, and compare the marked ones. Without this script all rows are shown.
(() => {
  const form = document.querySelector("form.explorer");
  if (!form) return;
  const rows = [...document.querySelectorAll("table.licenses tbody tr")];
  const update = () => {
    const words = form.words.value.trim().toLowerCase();
    const kind = form.kind.value, act = form.act.value, marked = form.compare.checked;
    for (const row of rows) {
      const answer = act ? row.cells[Number(act)].className : "";
      row.hidden = !(row.cells[1].textContent.toLowerCase().includes(words)
        && (!kind || row.dataset.kinds.split(" ").includes(kind))
        && (!act || answer === "a-yes" || answer === "a-conditional")
        && (!marked || row.cells[0].firstChild.checked));
    }
  };
  form.addEventListener("input", update);
  form.addEventListener("submit", event => event.preventDefault());
  document.querySelector("table.licenses").addEventListener("change", update);
})();
