import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

class CardField extends Component {
    static props = { ...standardFieldProps };

    get value() {
        return this.props.record.data[this.props.name];
    }
}

/** A field of the card with buttons that correct what it shows. */
class CorrectedField extends CardField {
    setup() {
        this.action = useService("action");
    }

    /** As a button of the form does: the server completes the action that its method gives. */
    correct(method, context = {}) {
        const { record } = this.props;
        return this.action.doActionButton({
            type: "object",
            name: method,
            resModel: record.resModel,
            resId: record.resId,
            resIds: [record.resId],
            context: record.context,
            buttonContext: context,
            onClose: () => record.load(),
        });
    }
}

/** What is owed by age, as one bar in proportion and its amounts in words. */
export class AgeingField extends CardField {
    static template = "recouvrement_fr.Ageing";

    get segments() {
        return this.value.buckets.filter((bucket) => bucket.share > 0);
    }
}

/** Rows of a label and a value: how the debtor pays, what is at risk. */
export class FactsField extends CorrectedField {
    static template = "recouvrement_fr.Facts";
    static props = { ...CardField.props, empty: { type: String, optional: true } };
}

/** Whom to call or to write to. */
export class ContactsField extends CorrectedField {
    static template = "recouvrement_fr.Contacts";

    open(contact) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: contact.id,
            views: [[false, "form"]],
        });
    }
}

/** Everything that happened, the newest first, a page at a time. */
export class TimelineWidget extends Component {
    static template = "recouvrement_fr.Timeline";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ rows: [], groups: [], group: false, more: false, busy: true });
        useRecordObserver((record) => {
            record.data; // read again once the record was
            return this.load(record.resId);
        });
    }

    get emptyText() {
        return this.state.group ? _t("Nothing of this kind.") : _t("Nothing has happened yet.");
    }

    async load(resId, before = false) {
        if (!resId) {
            return;
        }
        this.state.busy = true;
        const page = await this.keepLast.add(
            this.orm.call("recouvrement.debtor", "get_timeline", [[resId]], { group: this.state.group, before })
        );
        Object.assign(this.state, {
            rows: before ? [...this.state.rows, ...page.rows] : page.rows,
            groups: page.groups,
            more: page.more,
            busy: false,
        });
    }

    filter(group) {
        this.state.group = group;
        return this.load(this.props.record.resId);
    }

    more() {
        return this.load(this.props.record.resId, this.state.rows.at(-1).key);
    }

    open(row) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: row.res_model,
            res_id: row.res_id,
            views: [[false, "form"]],
        });
    }
}

const fields = registry.category("fields");
fields.add("recouvrement_ageing", { component: AgeingField, supportedTypes: ["json"] });
fields.add("recouvrement_contacts", { component: ContactsField, supportedTypes: ["json"] });
fields.add("recouvrement_facts", {
    component: FactsField,
    supportedTypes: ["json"],
    extractProps: ({ placeholder }) => ({ empty: placeholder }),
});
registry.category("view_widgets").add("recouvrement_timeline", { component: TimelineWidget });
