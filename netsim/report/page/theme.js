// --- dark and light ---

const theme = $("theme");
const dark = matchMedia("(prefers-color-scheme: dark)");
let chosen = "";
function paint() {
  const isDark = chosen ? chosen === "dark" : dark.matches;
  if (chosen) document.documentElement.dataset.theme = chosen;
  theme.textContent = isDark ? "Light" : "Dark";
  theme.setAttribute("aria-label", `Switch to ${isDark ? "light" : "dark"} colours`);
}
// A page that was opened from a file may not be allowed to keep anything.
try { chosen = localStorage.getItem("netsim-theme") || ""; } catch { chosen = ""; }
theme.addEventListener("click", () => {
  chosen = (chosen ? chosen === "dark" : dark.matches) ? "light" : "dark";
  try { localStorage.setItem("netsim-theme", chosen); } catch { /* only for now, then */ }
  paint();
});
dark.addEventListener("change", paint);
theme.hidden = false;
paint();
