import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { listView } from "@web/views/list/list_view";
import { ListRenderer } from "@web/views/list/list_renderer";

/** What prevents the night from working well, above a list: a dead scheduler, a missing rate. */
export class RecouvrementBanner extends Component {
    static template = "recouvrement_fr.Banner";
    static props = { model: String };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ warnings: [] });
        onWillStart(async () => {
            this.state.warnings = await this.orm.silent.call("recouvrement.banner", "get_banner", [
                this.props.model,
            ]);
        });
    }
}

export class RecouvrementListRenderer extends ListRenderer {
    static template = "recouvrement_fr.ListRenderer";
    static components = { ...ListRenderer.components, RecouvrementBanner };
}

export class RecouvrementKanbanRenderer extends KanbanRenderer {
    static template = "recouvrement_fr.KanbanRenderer";
    static components = { ...KanbanRenderer.components, RecouvrementBanner };
}

registry.category("views").add("recouvrement_list", { ...listView, Renderer: RecouvrementListRenderer });
registry.category("views").add("recouvrement_kanban", { ...kanbanView, Renderer: RecouvrementKanbanRenderer });
