import { Component, onWillStart, useEffect, useRef, useState } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { humanNumber } from "@web/core/utils/numbers";
import { Layout } from "@web/search/layout";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const MODEL = "recouvrement.dashboard";
// Told apart by who sees no colours too (Okabe and Ito), and by their dashes and points.
const COLOURS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7"];
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3]];
const POINTS = ["circle", "rect", "triangle", "rectRot"];

/** The figure beside a line of the grid, such as « 80M », « 2,5 » or « 1,5k »: a decimal where it says something. */
function tick(value) {
    const power = Math.max(Math.floor(Math.log10(Math.abs(value) || 1) / 3), 0);
    const tenths = Math.round((value / 1000 ** power) * 10);
    return humanNumber(value, { decimals: tenths % 10 ? 1 : 0 });
}

/** One drawing; its figures are beside it as a table. */
export class DashboardChart extends Component {
    static template = "recouvrement_fr.DashboardChart";
    static props = { block: Object, open: Function };

    setup() {
        this.canvas = useRef("canvas");
        this.state = useState({ asTable: false });
        useEffect(
            (canvas, block) => {
                if (!canvas || block.empty) {
                    return;
                }
                const chart = new window.Chart(canvas, this.config(block));
                return () => chart.destroy();
            },
            () => [this.canvas.el, this.props.block]
        );
    }

    get asLine() {
        return this.props.block.form === "line";
    }

    config(block) {
        const stacked = block.form === "stacked";
        const colour = getComputedStyle(document.body).color;
        const grid = { color: "rgba(128, 128, 128, 0.2)" };
        return {
            type: this.asLine ? "line" : "bar",
            data: {
                labels: block.labels,
                datasets: block.series.map((serie, number) => this.dataset(serie, number)),
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: { mode: "index", intersect: false },
                onClick: (_event, found) => found.length && this.props.open(block.opens[found[0].index]),
                plugins: {
                    legend: { display: block.series.length > 1, labels: { color: colour, usePointStyle: this.asLine } },
                    tooltip: {
                        callbacks: {
                            label: ({ datasetIndex, dataIndex }) => {
                                const serie = block.series[datasetIndex];
                                return `${serie.label}: ${serie.texts[dataIndex]}`;
                            },
                        },
                    },
                },
                scales: {
                    x: { stacked, grid: { display: false }, ticks: { color: colour } },
                    y: {
                        stacked,
                        grid,
                        beginAtZero: true,
                        ticks: { color: colour, callback: tick },
                    },
                },
            },
        };
    }

    dataset(serie, number) {
        const colour = COLOURS[number % COLOURS.length];
        return {
            label: serie.label,
            data: serie.values,
            backgroundColor: colour,
            borderColor: colour,
            borderWidth: this.asLine ? 2 : 0,
            borderDash: this.asLine ? DASHES[number % DASHES.length] : [],
            pointStyle: POINTS[number % POINTS.length],
            maxBarThickness: 48,
        };
    }
}

/** The first screen of collection: its figures come ready from the server, the slower ones after the others. */
export class RecouvrementDashboard extends Component {
    static template = "recouvrement_fr.Dashboard";
    static components = { Layout, DashboardChart };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.asking = 0;
        this.state = useState({ shown: null, later: {}, waiting: 0, unread: 0 });
        useSetupAction({ getLocalState: () => ({ asked: this.state.shown?.asked }) });
        onWillStart(() => Promise.all([loadBundle("web.chartjs_lib"), this.load(this.props.state?.asked || {})]));
    }

    get display() {
        return { controlPanel: {} };
    }

    get blocks() {
        const { shown, later } = this.state;
        return [...shown.blocks, ...shown.panels.flatMap((name) => later[name] || [])];
    }

    get tiles() {
        return this.blocks.filter((block) => block.kind === "tile");
    }

    get others() {
        return this.blocks.filter((block) => block.kind !== "tile");
    }

    async load(asked) {
        const shown = await this.keepLast.add(this.orm.call(MODEL, "get_dashboard", [asked]));
        const turn = ++this.asking; // once answered: until then, or if it fails, the screen goes on filling
        Object.assign(this.state, { shown, later: {}, waiting: shown.panels.length, unread: 0 });
        this.follow(turn, shown); // not awaited: the screen shows what it has
    }

    /**
     * One panel at a time, those of the bottom first, which are quick: whoever opens this screen keeps one worker of a
     * small server busy, not four, and what is no longer wanted is not asked for.
     */
    async follow(turn, shown) {
        for (const name of [...shown.panels].reverse()) {
            if (turn !== this.asking) {
                return;
            }
            await this.read(turn, shown, name);
        }
    }

    async read(turn, shown, name) {
        let blocks = null;
        try {
            blocks = await this.orm.silent.call(MODEL, "get_panel", [name, shown.asked]);
        } catch {
            // said below the figures
        }
        if (turn !== this.asking) {
            return; // something else was asked meanwhile
        }
        this.state.later[name] = blocks || [];
        this.state.unread += blocks ? 0 : 1;
        this.state.waiting--;
    }

    choose(name, value) {
        return this.load({ ...this.state.shown.asked, [name]: value });
    }

    /** Another company has other collectors. */
    chooseCompany(value) {
        return this.load({ ...this.state.shown.asked, company_id: value, collector_id: false });
    }

    /** An action, or the method that answers with one: what it opens is written down when somebody asks. */
    async open(action) {
        if (action?.call) {
            action = await this.orm.call(MODEL, action.call, [this.state.shown.asked, ...action.arguments]);
        }
        if (action) {
            this.action.doAction(action);
        }
    }

    async print() {
        this.open(await this.orm.call(MODEL, "get_page", [this.state.shown.asked]));
    }
}

registry.category("actions").add("recouvrement_dashboard", RecouvrementDashboard);
