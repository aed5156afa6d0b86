import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { FormRenderer } from "@web/views/form/form_renderer";
import { formView } from "@web/views/form/form_view";
import { RecouvrementStatusBarButtons } from "../worklist/worklist";

/** The procedures of a case, the newest first, and their steps one under the other; what may follow is unfolded. */
export class WayField extends Component {
    static template = "recouvrement_fr.Way";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.unfolded = useState({});
    }

    get runs() {
        return this.props.record.data[this.props.name] || [];
    }

    steps(run) {
        return this.unfolded[run.id] ? run.steps : run.steps.filter((step) => !step.later);
    }

    later(run) {
        return run.steps.filter((step) => step.later).length;
    }

    laterText(run) {
        return this.unfolded[run.id] ? _t("Hide what may follow") : _t("Show what may follow (%s)", this.later(run));
    }

    async record(step) {
        const opened = await this.orm.call("recouvrement.case.step", "action_record", [[step.id]]);
        return this.action.doAction(opened, { onClose: () => this.props.record.load() });
    }
}

/** What leads a case on stays in sight, on one row; what ends it waits under “More”. */
class CaseStatusBarButtons extends RecouvrementStatusBarButtons {
    static shown = 3;
}

class CaseRenderer extends FormRenderer {
    static components = { ...FormRenderer.components, StatusBarButtons: CaseStatusBarButtons };
}

registry.category("views").add("recouvrement_case", { ...formView, Renderer: CaseRenderer });
registry.category("fields").add("recouvrement_way", { component: WayField, supportedTypes: ["json"] });
