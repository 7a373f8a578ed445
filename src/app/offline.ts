/** Keeps the book on this device once it was opened: see build/serviceWorker.ts. A new edition is offered, never forced. */
export function attachOffline(base: string): void {
  if (import.meta.env.DEV || !("serviceWorker" in navigator)) return;
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
  if (connection?.saveData === true) return;
  void register(base);
}

async function register(base: string): Promise<void> {
  try {
    const registration = await navigator.serviceWorker.register(`${base}sw.js`, { scope: base });
    const look = (worker: ServiceWorker | null): void => {
      if (!worker || !navigator.serviceWorker.controller) return;
      const tell = (): void => {
        if (worker.state === "installed") offer(worker);
      };
      worker.addEventListener("statechange", tell);
      tell();
    };
    look(registration.waiting);
    registration.addEventListener("updatefound", () => look(registration.installing));
  } catch {
    // Private windows and some hosts allow no service worker; the book then needs its network.
  }
}

function offer(worker: ServiceWorker): void {
  if (document.querySelector(".new-edition")) return;
  const box = document.createElement("p");
  box.className = "new-edition";
  box.setAttribute("role", "status");
  const button = document.createElement("button");
  Object.assign(button, { type: "button", textContent: "Show it" });
  button.addEventListener("click", () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    worker.postMessage("take over");
  });
  const later = document.createElement("button");
  Object.assign(later, { type: "button", textContent: "Later" });
  later.addEventListener("click", () => box.remove());
  box.append("A newer edition of the book is there. ", button, " ", later);
  document.body.append(box);
}
