import { registry } from "@web/core/registry";
import { BadgeSelectionField, badgeSelectionField } from "@web/views/fields/badge_selection/badge_selection_field";

/** What came of a contact; nobody is asked whether a company died. */
export class OutcomeField extends BadgeSelectionField {
    get options() {
        return super.options.filter(([code]) => code !== "deceased" || !this.props.record.data.is_legal_person);
    }
}

registry.category("fields").add("recouvrement_outcome", { ...badgeSelectionField, component: OutcomeField });
