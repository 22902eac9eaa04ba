/* Before the first view, so that no page flashes white in the dark. */
document.documentElement.className = "js";
try { document.documentElement.dataset.theme = localStorage.getItem("til-mode") || ""; } catch (error) { /* private window */ }
