# `make` builds the module, `make help` lists the rest. GNU make 3.81 (macOS) is enough.

CC ?= cc
CFLAGS ?= -O2 -g
PKG_CONFIG ?= pkg-config
PACK ?= $(HOME)/.local/share/nvim/site/pack/beans/start/beans

version := $(shell sed -n "s/^return '\(.*\)'$$/\1/p" lua/beans/version.lua)
jobs := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
quiet := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $@)

# ---------------------------------------------------------------------------------------------------------------------
# What the build needs

first_module = $(shell for pc in $(1); do $(PKG_CONFIG) --exists $$pc 2>/dev/null && echo $$pc && break; done)
plain_lua = $(shell $(PKG_CONFIG) --exists 'lua >= $(1)' 'lua < $(1).99' 2>/dev/null && echo lua)
lua-5.1 := $(call first_module,luajit lua5.1 lua-5.1 lua51)
lua-5.2 := $(call first_module,lua5.2 lua-5.2 lua52)
lua-5.3 := $(or $(call first_module,lua5.3 lua-5.3 lua53),$(call plain_lua,5.3))
lua-5.4 := $(or $(call first_module,lua5.4 lua-5.4 lua54),$(call plain_lua,5.4))
abis := $(strip $(foreach abi,5.1 5.2 5.3 5.4,$(if $(lua-$(abi)),$(abi))))

missing := \
	$(if $(shell command -v $(firstword $(CC)) 2>/dev/null),,cc) \
	$(if $(shell command -v $(PKG_CONFIG) 2>/dev/null),,pkg-config) \
	$(foreach module,libcurl libcjson,$(if $(call first_module,$(module)),,$(module))) \
	$(if $(abis),,lua)
packages-apt := cc:gcc pkg-config:pkg-config libcurl:libcurl4-openssl-dev libcjson:libcjson-dev lua:libluajit-5.1-dev
packages-dnf := cc:gcc pkg-config:pkgconf-pkg-config libcurl:libcurl-devel libcjson:cjson-devel lua:luajit-devel
packages-pacman := cc:gcc pkg-config:pkgconf libcurl:curl libcjson:cjson lua:luajit
packages-apk := cc:gcc cc:musl-dev pkg-config:pkgconf libcurl:curl-dev libcjson:cjson-dev lua:luajit-dev
packages-brew := cc:gcc pkg-config:pkg-config libcurl:curl libcjson:cjson lua:luajit
packages = $(foreach what,$(missing),$(patsubst $(what):%,%,$(filter $(what):%,$(packages-$(1)))))

.PHONY: requirements
requirements:
	$(if $(strip $(missing)),$(error Beans needs $(strip $(missing)): apt install $(call packages,apt) | dnf install \
		$(call packages,dnf) | pacman -S $(call packages,pacman) | apk add $(call packages,apk) | \
		brew install $(call packages,brew)))

# ---------------------------------------------------------------------------------------------------------------------
# The module, once for each Lua ABI

.DEFAULT_GOAL := all
.PHONY: all
all: requirements $(abis:%=build/core-%.so) ## build the module for each Lua ABI whose headers are there (the default)

warnings := -Wall -Wextra -Wshadow -Wconversion
libraries := libcurl libcjson
compile = $(CC) -std=gnu11 -D_GNU_SOURCE $(warnings) -fPIC -fvisibility=hidden -pthread -MMD -MP \
	-DBEANS_VERSION='"$(version)"' -Icsrc $(library_cflags) $(CFLAGS) $(CPPFLAGS)
library_cflags := $(shell $(PKG_CONFIG) --cflags $(libraries) 2>/dev/null)
library_libs := $(shell $(PKG_CONFIG) --libs $(libraries) 2>/dev/null)
ifeq ($(shell uname -s),Darwin)
module_flags := -bundle -undefined dynamic_lookup
else
module_flags := -shared -Wl,-z,nodelete -Wl,--as-needed
endif

core_sources := $(filter-out csrc/lua_%,$(wildcard csrc/*.c))
lua_sources := $(wildcard csrc/lua_*.c)
core_objects := $(core_sources:csrc/%.c=build/obj/%.o)

build/obj/%.o: csrc/%.c Makefile lua/beans/version.lua | requirements
	@mkdir -p $(@D)
	$(call say,CC)
	$(quiet)$(compile) -c -o $@ $<

# Linked to a new file and renamed, so that a library that an editor has mapped is never written to. Lua's own library
# is never linked: its symbols are the editor's.
define abi_rules
build/obj/$(1)/%.o: csrc/%.c Makefile lua/beans/version.lua | requirements
	@mkdir -p $$(@D)
	$$(call say,CC)
	$$(quiet)$$(compile) $$(shell $$(PKG_CONFIG) --cflags $$(lua-$(1))) -c -o $$@ $$<

build/core-$(1).so: $$(core_objects) $$(lua_sources:csrc/%.c=build/obj/$(1)/%.o)
	$$(call say,LD)
	$$(quiet)$$(CC) -pthread $$(CFLAGS) $$(module_flags) $$(LDFLAGS) -o $$@.new $$^ $$(library_libs)
	$$(quiet)mv -f $$@.new $$@
endef
$(foreach abi,$(abis),$(eval $(call abi_rules,$(abi))))

# ---------------------------------------------------------------------------------------------------------------------
# The replay server

replay_objects := $(patsubst tests/replay/%.c,build/obj/replay/%.o,$(wildcard tests/replay/*.c))

build/obj/replay/%.o: tests/replay/%.c Makefile | requirements
	@mkdir -p $(@D)
	$(call say,CC)
	$(quiet)$(compile) -c -o $@ $<

build/replay: $(replay_objects)
	$(call say,LD)
	$(quiet)$(CC) -pthread $(CFLAGS) $(LDFLAGS) -o $@.new $^ $(library_libs)
	$(quiet)mv -f $@.new $@

# ---------------------------------------------------------------------------------------------------------------------
# The C tests: everything under ASan+UBSan and under TSan; what makes allocations fail brings its own malloc, so plain

flags-asan := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
flags-tsan := -fsanitize=thread
flags-plain :=
alloc_sources := $(wildcard tests/c/*alloc*.c)
c_tests := $(patsubst tests/c/test_%.c,%,$(wildcard tests/c/test_*.c))
c_tests-plain := $(patsubst tests/c/test_%.c,%,$(filter tests/c/test_%,$(alloc_sources)))
c_tests-asan := $(filter-out $(c_tests-plain),$(c_tests))
c_tests-tsan := $(c_tests-asan)
c_support-plain := $(filter-out tests/c/test_%,$(wildcard tests/c/*.c))
c_support-asan := $(filter-out $(alloc_sources),$(c_support-plain))
c_support-tsan := $(c_support-asan)
c_binaries := $(foreach kind,asan tsan plain,$(c_tests-$(kind):%=build/test/$(kind)/test_%))

define test_rules
build/test/$(1)/csrc/%.o: csrc/%.c Makefile lua/beans/version.lua | requirements
	@mkdir -p $$(@D)
	$$(call say,CC)
	$$(quiet)$$(compile) -O1 $$(flags-$(1)) -c -o $$@ $$<

build/test/$(1)/%.o: tests/%.c Makefile | requirements
	@mkdir -p $$(@D)
	$$(call say,CC)
	$$(quiet)$$(compile) -O1 -Itests/c $$(flags-$(1)) -c -o $$@ $$<

build/test/$(1)/beans.a: $$(core_sources:csrc/%.c=build/test/$(1)/csrc/%.o)
	$$(call say,AR)
	$$(quiet)rm -f $$@ && $$(AR) rcs $$@ $$^

# The module inside Lua: plain Lua's allocator is the C library's, so that ASan sees all of it.
build/test/$(1)/csrc/lua_%.o build/test/$(1)/c/test_lua_%.o: CPPFLAGS += $$(shell $$(PKG_CONFIG) --cflags $$(lua-5.4))

build/test/$(1)/test_lua_%: build/test/$(1)/c/test_lua_%.o $$(lua_sources:csrc/%.c=build/test/$(1)/csrc/%.o) \
		$$(c_support-$(1):tests/c/%.c=build/test/$(1)/c/%.o) build/test/$(1)/beans.a
	$$(call say,LD)
	$$(quiet)$$(CC) -pthread $$(flags-$(1)) $$(LDFLAGS) -o $$@ $$^ -lcmocka $$(library_libs) \
		$$(shell $$(PKG_CONFIG) --libs $$(lua-5.4)) -lm

build/test/$(1)/test_%: build/test/$(1)/c/test_%.o $$(c_support-$(1):tests/c/%.c=build/test/$(1)/c/%.o) \
		build/test/$(1)/beans.a
	$$(call say,LD)
	$$(quiet)$$(CC) -pthread $$(flags-$(1)) $$(LDFLAGS) -o $$@ $$^ -lcmocka $$(library_libs) -lm
endef
$(foreach kind,asan tsan plain fuzz,$(eval $(call test_rules,$(kind))))

# The binding, sanitized, in a plain Lua of each ABI: tests/lua/core_spec.lua runs them.
hosts := $(abis:%=build/test/asan/host-%)
define host_rules
build/test/asan/lua-$(1)/%.o: csrc/%.c Makefile lua/beans/version.lua | requirements
	@mkdir -p $$(@D)
	$$(call say,CC)
	$$(quiet)$$(compile) -O1 $$(flags-asan) $$(shell $$(PKG_CONFIG) --cflags $$(lua-$(1))) -c -o $$@ $$<

build/test/asan/lua-$(1)/%.o: tests/lua/%.c Makefile | requirements
	@mkdir -p $$(@D)
	$$(call say,CC)
	$$(quiet)$$(compile) -O1 $$(flags-asan) $$(shell $$(PKG_CONFIG) --cflags $$(lua-$(1))) -c -o $$@ $$<

build/test/asan/host-$(1): build/test/asan/lua-$(1)/host.o $$(lua_sources:csrc/%.c=build/test/asan/lua-$(1)/%.o) \
		build/test/asan/beans.a
	$$(call say,LD)
	$$(quiet)$$(CC) -pthread $$(flags-asan) $$(LDFLAGS) -o $$@ $$^ \
		$$(shell $$(PKG_CONFIG) --libs $$(lua-$(1))) $$(library_libs) -lm
endef
$(foreach abi,$(abis),$(eval $(call host_rules,$(abi))))
.SECONDARY:

# ---------------------------------------------------------------------------------------------------------------------
# The fuzzers: libFuzzer is clang's.

flags-fuzz := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
fuzzers := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
fuzz_support := fuzz/fuzz c/answer c/check c/reading

build/fuzz/% build/test/fuzz/%: CC := clang

build/fuzz/%: build/test/fuzz/fuzz/fuzz_%.o $(fuzz_support:%=build/test/fuzz/%.o) build/test/fuzz/beans.a
	@mkdir -p $(@D)
	$(call say,LD)
	$(quiet)$(CC) -pthread -fsanitize=fuzzer $(flags-fuzz) $(LDFLAGS) -o $@ $^ -lcmocka $(library_libs) -lm

# ---------------------------------------------------------------------------------------------------------------------
# Tests. prove calls `tests/run ITEM` for each item. Everything that installs or brings something runs before a new make
# reads this file, so that what it looks for is there.

# EDITOR and SPEC narrow the suites; only from the command line, because most people's environment has an EDITOR.
editors := nvim-trixie nvim-forky vim-bookworm vim-trixie
chosen := $(if $(filter command%,$(origin EDITOR)),$(EDITOR),$(editors))
spec := $(if $(filter command%,$(origin SPEC)),$(SPEC),%)
specs = $(filter $(spec),$(patsubst tests/$(1)/%_spec.lua,%,$(wildcard tests/$(1)/*_spec.lua)))
items-c := $(foreach kind,asan tsan plain,$(addprefix c/$(kind)/,$(filter $(spec),$(c_tests-$(kind)))))
items-lua := $(addprefix lua/,$(call specs,lua))
items-editor := $(foreach editor,$(chosen),$(addprefix editor/$(editor)/,$(call specs,editor)))
items-real := $(foreach editor,$(chosen),real/$(editor))
items-setup := $(addprefix setup/,$(filter $(spec),bookworm trixie))
items-install := $(addprefix install/,$(call specs,install))
items-fuzz := $(addprefix fuzz/,$(filter $(spec),$(fuzzers)))
# All suites; an empty one is a mistake, unless SPEC chose so.
items = $(foreach suite,setup c lua editor install real fuzz,$(or $(strip $(items-$(suite))), \
	$(if $(findstring %,$(spec)),$(error the suite '$(suite)' has no tests))))
prove = prove --timer --failures --comments --exec tests/run $(or $(strip $(1)),$(error no test has that name))
again := $(MAKE) -s --no-print-directory -j$(jobs)

.PHONY: test test-c test-lua test-editor test-real test-fuzz test-install ready-test test-binaries hosts \
	fuzz-binaries
test: ready-test editors build/llama/bin/llama-server ## install what the tests need, bring the editors, run everything
	@$(again) all build/replay test-binaries fuzz-binaries
	$(call prove,$(items))

test-c: ready-test ## the C tests under ASan+UBSan, TSan, and with failing allocations; SPEC=sse narrows
	@$(again) build/replay test-binaries
	$(call prove,$(items-c))

test-lua: ready-test ## the pure Lua modules; SPEC=transcript narrows
	@tests/setup/editors.sh nvim-forky
	@$(again) all build/replay hosts
	$(call prove,$(items-lua))

test-editor: ready-test ## what a user sees, in each editor; EDITOR=vim-trixie SPEC=chat narrows
	@tests/setup/editors.sh nvim-forky $(chosen)
	@$(again) all build/replay
	$(call prove,$(items-editor))

test-real: ready-test build/llama/bin/llama-server ## the plugin against llama.cpp's server; EDITOR=vim-trixie narrows
	@tests/setup/editors.sh $(chosen)
	@$(again) all
	$(call prove,$(items-real))

test-fuzz: ready-test ## random input for what reads the network, BEANS_FUZZ_SECONDS=20 each; SPEC=sse narrows
	@$(again) fuzz-binaries
	$(call prove,$(items-fuzz))

test-install: ready-test ## what a newcomer runs: try, install, the practice server; SPEC=try narrows
	@tests/setup/editors.sh nvim-forky vim-bookworm
	@$(again) all build/replay
	$(call prove,$(items-install))

ready-test:
	@tests/setup/packages.sh test

test-binaries: $(c_binaries) hosts

hosts: $(hosts)

fuzz-binaries: $(fuzzers:%=build/fuzz/%)

.PHONY: bench
bench: ready-test ## speed, as ratios within one run; EDITOR=vim-trixie SCEN=quit narrows
	@tests/setup/editors.sh nvim-forky $(chosen)
	@$(again) all build/replay
	@build/editors/nvim-forky/bin/nvim -l tests/bench/main.lua $(chosen) $(SCEN)

.PHONY: lint editors try
lint: ## formatters, linters, and our own rules: layers, sizes, documentation
	@tests/setup/packages.sh lint
	@tests/lint/run

editors: ## bring the editors that the tests run on into build/editors
	@tests/setup/packages.sh editors
	@tests/setup/editors.sh

build/llama/bin/llama-server:
	@tests/setup/packages.sh editors
	@tests/setup/llama.sh

try: ## install what is missing, build, and open an editor on a live chat
	@tests/try.sh

# ---------------------------------------------------------------------------------------------------------------------

.PHONY: install clean help
runtime := $(wildcard lua plugin ftplugin syntax queries doc)
installed = $(shell find $(runtime) -name '*.lua' -o -name '*.vim' -o -name '*.scm' -o -name '*.txt' \
	-o -path 'lua/*.md') \
	$(abis:%=build/core-%.so)
install: all ## copy into a package folder, Neovim's or PACK=~/.vim/pack/beans/start/beans (after DESTDIR)
	@set -e; for file in $(installed); do \
		target="$(DESTDIR)$(PACK)/$$file"; \
		mkdir -p "$${target%/*}"; cp "$$file" "$$target.new"; mv -f "$$target.new" "$$target"; \
	done
	@echo "installed into $(DESTDIR)$(PACK); :helptags ALL makes the help known"

clean: ## remove what was built, and the editors and servers that were brought
	rm -rf build

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

-include $(wildcard build/obj/*.d build/obj/*/*.d build/test/*/*/*.d)
