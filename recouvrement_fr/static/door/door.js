/* The debtor's page works without this: it tells that the page was seen, keeps a form from being sent twice, and lets
   one sign with a finger. */
(function () {
    "use strict";

    const page = document.getElementById("door");
    if (page && page.dataset.seen) {
        const body = new URLSearchParams({csrf_token: page.dataset.csrf});
        fetch(page.dataset.seen, {method: "POST", body, credentials: "same-origin"}).catch(() => {});
    }

    for (const form of document.querySelectorAll("form[data-once]")) {
        form.addEventListener("submit", (event) => {
            if (form.dataset.sent) {
                event.preventDefault();
                return;
            }
            form.dataset.sent = "1";
            form.querySelector("button[type=submit]").setAttribute("aria-busy", "true");
        });
    }
    // Back from another page, the form may be sent again: its key keeps it from counting twice.
    window.addEventListener("pageshow", () => {
        for (const form of document.querySelectorAll("form[data-once]")) {
            delete form.dataset.sent;
        }
    });

    const told = document.querySelector("[role=alert]");
    if (told) {
        told.tabIndex = -1;
        told.focus();
    }

    const place = document.querySelector("[data-sign]");
    if (!place) {
        return;
    }
    place.hidden = false;
    const field = document.getElementById(place.dataset.sign);
    const canvas = place.querySelector("canvas");
    const pen = canvas.getContext("2d");
    let drawing = false;
    const wipe = () => {
        pen.fillStyle = "#fff";
        pen.fillRect(0, 0, canvas.width, canvas.height);
        field.value = "";
    };
    const at = (event) => {
        const box = canvas.getBoundingClientRect();
        return [
            ((event.clientX - box.left) * canvas.width) / box.width,
            ((event.clientY - box.top) * canvas.height) / box.height,
        ];
    };
    wipe();
    pen.lineWidth = 3;
    pen.lineCap = "round";
    canvas.addEventListener("pointerdown", (event) => {
        drawing = true;
        canvas.setPointerCapture(event.pointerId);
        pen.beginPath();
        pen.moveTo(...at(event));
    });
    canvas.addEventListener("pointermove", (event) => {
        if (drawing) {
            pen.lineTo(...at(event));
            pen.stroke();
        }
    });
    canvas.addEventListener("pointerup", () => {
        drawing = false;
        field.value = canvas.toDataURL("image/png");
    });
    place.querySelector("[data-clear]").addEventListener("click", wipe);
})();
