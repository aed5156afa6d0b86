import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

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

    async record(step) {
        const opened = await this.orm.call("recouvrement.case.step", "action_record", [[step.id]]);
        return this.action.doAction(opened, { onClose: () => this.props.record.load() });
    }
}

registry.category("fields").add("recouvrement_way", { component: WayField, supportedTypes: ["json"] });
