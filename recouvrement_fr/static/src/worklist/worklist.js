import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

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

registry.category("views").add("recouvrement_worklist", {
    ...formView,
    Controller: RecouvrementWorklistController,
});
