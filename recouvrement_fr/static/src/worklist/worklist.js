import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useBus, useService } from "@web/core/utils/hooks";
import { FormController } from "@web/views/form/form_controller";
import { FormRenderer } from "@web/views/form/form_renderer";
import { formView } from "@web/views/form/form_view";
import { StatusBarButtons } from "@web/views/form/status_bar_buttons/status_bar_buttons";

const NEXT = "RECOUVREMENT:NEXT"; // a dialog noted what was done: the next one of the list
const SHOWN = 6; // on one row beside the chatter

/** A card opened from a list is one of a work-list: “Done, next” goes to the next one, in the order of the list. */
export class RecouvrementWorklistController extends FormController {
    setup() {
        super.setup();
        this.notification = useService("notification");
        useBus(this.env.bus, NEXT, () => this.goToNext());
    }

    async afterExecuteActionButton(clickParams) {
        await super.afterExecuteActionButton(clickParams);
        if (clickParams.name === "action_done_next") {
            await this.goToNext();
        }
    }

    async goToNext() {
        const { resId, resIds } = this.model.root;
        const offset = resIds.indexOf(resId) + 1;
        if (offset < resIds.length) {
            return this.onPagerUpdate({ offset, resIds });
        }
        this.notification.add(_t("That was the last one of the list."), { type: "success" });
        return this.env.config.historyBack();
    }
}

/** What a collector does every day stays in sight, in the order of the view; the rest waits under “More”. */
export class RecouvrementStatusBarButtons extends StatusBarButtons {
    static template = "recouvrement_fr.StatusBarButtons";

    static shown = SHOWN;

    get shownSlotNames() {
        const names = this.visibleSlotNames;
        const { shown } = this.constructor;
        return names.length > shown + 1 ? names.slice(0, shown) : names; // a menu of one thing hides it for nothing
    }

    get otherSlotNames() {
        return this.visibleSlotNames.slice(this.shownSlotNames.length);
    }

    /** The keyboard chooses the line of the menu, not the button in it. */
    pressed({ target, currentTarget }) {
        if (target === currentTarget) {
            target.querySelector("button")?.click();
        }
    }
}

export class RecouvrementWorklistRenderer extends FormRenderer {
    static components = { ...FormRenderer.components, StatusBarButtons: RecouvrementStatusBarButtons };
}

registry.category("views").add("recouvrement_worklist", {
    ...formView,
    Controller: RecouvrementWorklistController,
    Renderer: RecouvrementWorklistRenderer,
});

registry.category("actions").add("recouvrement_next", (env) => {
    env.bus.trigger(NEXT);
    return { type: "ir.actions.act_window_close", infos: { noReload: true } }; // the next one is being loaded
});
