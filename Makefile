# Everything runs in an environment of its own: see dev/env.py. ODOO_SRC and PGHOST given by the user win.
SHELL := /bin/bash
PYTHON ?= python3
ENV := $(PYTHON) dev/env.py
RUN := $(ENV) run --
SERVE ?= 1
SIZES ?= 10000 100000
TESTS ?= recouvrement_fr/tests
JOBS ?= 2
# The whole suite shares the scripts and styles of pages; a few tests are sooner done without.
PAGES = $(if $(filter recouvrement_fr/tests,$(TESTS)),--pages)

.PHONY: help demo clicks serve setup template upgrade test test-rules test-server test-browser test-odoo test-glue audit lint translate readme dist dist-test beside odoo-tests bench bench-case bench-door bench-einvoice bench-install bench-rules faults week pictures pictures-door shell decompte stop clean

help:
	@echo "make demo        a French company's fifteen months, on a real Odoo; SERVE=0 stops before serving"
	@echo "make test        all tests; make test-rules for the law alone, without Odoo; make test-odoo TESTS=... for some"
	@echo "make test-glue   the add-ons beside sales, stock and Snail Mail, in a database that has them"
	@echo "make audit       known weaknesses of the Python packages, where an advisory database can be reached"
	@echo "make lint        ruff, pylint-odoo, mypy on the rules and the tools, the rules of the house, XML, translations"
	@echo "make translate   brings i18n/ in step with the code; make readme: the README of the add-on"
	@echo "make dist        wheels in build/dist; make dist-test: installed in a clean environment, and a night sent from there"
	@echo "make beside      beside sales, stock, purchases, point of sale, website and modules of the OCA: a night, then uninstalled"
	@echo "make odoo-tests  Odoo's own tests of accounting and payments, with the add-on and without (half an hour)"
	@echo "make bench       figures on large ledgers: SIZES=\"10000 100000 330000\" open invoices"
	@echo "make bench-case  a litigation case of 500 invoices and 2,000 pieces: gathered, computed, bundled"
	@echo "make bench-door  the page of a debtor of 5,000 invoices, beside its floor in SQL"
	@echo "make bench-einvoice  1,000 then 10,000 messages of platforms that act, taken in at once"
	@echo "make bench-install   how long installing beside 24,000 and 99,000 posted invoices takes, and keeps people waiting"
	@echo "make faults      what kills, cuts and breaks do to sending: a table, on real processes (about 10 minutes)"
	@echo "make week        seven nights and days of the demonstration, then its server: nothing may be said in the log"
	@echo "make decompte    FILE=cases.json: the law as a command, without Odoo"
	@echo "make upgrade     FROM=commit: a database of an earlier version, upgraded, then a day's work"
	@echo "make pictures    every screen and letter of the demonstration, acts too, in docs/pictures; renews those of the guide"
	@echo "make clicks      a collector's day in the demonstration, played in a browser and counted in clicks"
	@echo "make pictures-door   those of the debtor's page alone, which docs/porte-du-debiteur.md shows"
	@echo "make serve shell stop clean"

demo:
	@$(ENV) demo $(if $(REBUILD),--rebuild)
ifneq ($(SERVE),0)
	@$(RUN) python dev/serve.py
endif

serve:
	@$(RUN) python dev/serve.py

# The environment, and a database with the add-on as it is now: what every other command begins with.
setup template:
	@$(ENV) $@

ifeq ($(TESTS),recouvrement_fr/tests)
# All that can fail is said in one run. The glue add-ons come beside the browser, which leaves a processor idle most of
# the time, and give way to it.
test:
	@status=0; \
	$(MAKE) --no-print-directory test-rules || status=1; \
	$(MAKE) --no-print-directory test-server || status=1; \
	$(MAKE) --no-print-directory --keep-going --jobs=2 --output-sync=target GENTLY="nice -n 10" test-browser test-glue || status=1; \
	exit $$status
else
test: test-odoo
endif

# The law is tested whole: each line of it, each way of each condition.
test-rules:
	@$(RUN) coverage run -m unittest discover -s recouvrement_fr/rules -t recouvrement_fr
	@$(RUN) coverage report --skip-covered --show-missing --fail-under=100

# $(1) what pytest is told, in a database of its own, ready and dropped at the end
IN_DATABASE = database=recouvrement_test_$$$$; trap '$(ENV) drop '$$database EXIT; $(ENV) clone $$database \
	&& $(RUN) python dev/ready.py $$database $(PAGES) && $(RUN) pytest --odoo-database=$$database --odoo-http $(1)

test-server:
	@$(call IN_DATABASE,-n $(JOBS) --dist loadfile --ignore-glob='*/test_browser*' $(TESTS))

# One browser at a time.
test-browser:
	@$(call IN_DATABASE,$(wildcard $(TESTS)/*/test_browser*.py))

# A part of them: make test-odoo TESTS=recouvrement_fr/tests/promises
test-odoo:
	@$(call IN_DATABASE,$(TESTS))

# Beside the neighbours of Odoo that the glue add-ons are for: in a database of its own, made once.
test-glue:
	@database=recouvrement_test_$$$$; trap '$(ENV) drop '$$database EXIT; $(GENTLY) $(ENV) clone --glue $$database || exit 1; \
	$(GENTLY) $(RUN) pytest --odoo-database=$$database recouvrement_fr_*/tests

audit:
	@$(RUN) python dev/audit.py

lint:
	@$(RUN) python dev/lint.py

translate:
	@$(RUN) python dev/translate.py

readme:
	@$(RUN) python dev/readme.py

dist:
	@$(RUN) python dev/dist.py

dist-test:
	@$(RUN) python dev/dist.py --test

beside:
	@$(RUN) python dev/beside.py $(if $(ODOO_ONLY),--odoo-only)

odoo-tests:
	@$(RUN) python dev/odoo_tests.py $(if $(FILES),--files $(FILES))

bench:
	@$(RUN) python dev/bench.py --sizes $(SIZES)

bench-case:
	@$(RUN) python dev/bench_case.py

bench-door:
	@$(RUN) python dev/bench_door.py

bench-einvoice:
	@$(RUN) python dev/bench_einvoice.py

bench-install:
	@$(RUN) python dev/bench_install.py

bench-rules:
	@$(RUN) python dev/bench_rules.py

faults:
	@$(RUN) python dev/faults.py $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only "$(ONLY)")

week:
	@$(ENV) demo
	@$(RUN) python dev/week.py

pictures:
	@$(ENV) demo
	@status=0; for part in pictures pictures_acts pictures_door pictures_guide; do \
		$(RUN) python dev/$$part.py || status=1; \
	done; exit $$status

pictures-door:
	@$(ENV) demo
	@$(RUN) python dev/pictures_door.py

clicks:
	@$(ENV) demo
	@$(RUN) python dev/day_in_clicks.py --most 73

upgrade:
	@test -n "$(FROM)" || { echo "error: say from which commit: make upgrade FROM=733defa" >&2; exit 2; }
	@$(RUN) python dev/upgrade.py --from "$(FROM)"

shell:
	@$(RUN) python -m odoo shell -d recouvrement_demo

decompte:
	@test -n "$(FILE)" || { echo "error: say which file: make decompte FILE=cases.json" >&2; exit 2; }
	@$(RUN) python dev/decompte.py "$(FILE)"

stop:
	@$(ENV) stop

clean: stop
	@$(ENV) forget
