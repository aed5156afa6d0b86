import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { FormController } from "@web/views/form/form_controller";
import { FormRenderer } from "@web/views/form/form_renderer";
import { formView } from "@web/views/form/form_view";
import { StatusBarButtons } from "@web/views/form/status_bar_buttons/status_bar_buttons";

const SHOWN = 6; // on one row beside the chatter

/** A card opened from a list is one of a work-list: “Done, next” goes to the next one, in the order of the list. */
export class RecouvrementWorklistController extends FormController {
    setup() {
        super.setup();
        this.notification = useService("notification");
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

    get shownSlotNames() {
        const names = this.visibleSlotNames;
        return names.length > SHOWN + 1 ? names.slice(0, SHOWN) : names; // a menu of one thing hides it for nothing
    }

    get otherSlotNames() {
        return this.visibleSlotNames.slice(this.shownSlotNames.length);
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
