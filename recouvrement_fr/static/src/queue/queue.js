import { registry } from "@web/core/registry";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";
import { RecouvrementListRenderer } from "../banner/banner";

// What only shows the letters selected: the next act, posting them, is about the same ones.
const KEPT = ["action_print", "action_deposit_slip", "action_deposit_csv"];

/** The letters to post: those that were just printed stay selected. */
export class QueueController extends ListController {
    get modelParams() {
        const params = super.modelParams;
        const hooks = { ...params.hooks, onRootLoaded: (root) => this.selectAgain(root) };
        return { ...params, hooks };
    }

    async beforeExecuteActionButton(clickParams) {
        const goesOn = await super.beforeExecuteActionButton(clickParams);
        const selected = this.model.root.selection.map((record) => record.resId);
        this.kept = KEPT.includes(clickParams.name) ? selected : [];
        return goesOn;
    }

    selectAgain(root) {
        const kept = new Set(this.kept);
        this.kept = [];
        for (const record of root.records) {
            if (kept.has(record.resId)) {
                record.toggleSelection(true);
            }
        }
    }
}

registry
    .category("views")
    .add("recouvrement_queue", { ...listView, Controller: QueueController, Renderer: RecouvrementListRenderer });
