# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
#
# Every target sees to what it needs. `make` alone lists them. Works with GNU make 3.81 and later.

# Where `make install` puts the program; DESTDIR goes in front of it, for packagers.
PREFIX ?= /usr/local
# Further arguments for `swift build` and `swift test`.
SWIFT_FLAGS ?=
# Further arguments for Benchmarks/run, for example BENCH_FLAGS="--only index --only audit --runs 3".
BENCH_FLAGS ?=
# What `make fuzz` runs, and for how many seconds each.
FUZZERS ?= tuf-metadata,tuf-readers,tuf-workflow,tuf-delegations,path-pattern,map-file,ceremony,public-keys,private-keys,key-files,signatures,python-json,content-trust,trust-clients,bundle,trust-root,statement,sidecar,certificate,certificate-promises,timestamp,notes,merkle,log-entries,checkpoint,envelope,policy-file,publishers-file,publisher-lock,forms,request-paths,request-fields,identity-tokens,issuer-keys,issuers-file,publish-log-entries,expected-publishers,log-tiles,log-proofs,log-policies,witness-answers,repodata-patches,server-settings,proposal-requests,publish-answers,ledger,proxy-targets,proxy-settings,client-settings
FUZZ_SECONDS ?= 60
# How many rounds `make soak` runs of the server and of the proxy, and from which seed; a random one if none is given.
SOAK_ROUNDS ?= 300
SOAK_PROXY_ROUNDS ?= 60
SOAK_SEED ?=

# How many tests run at a time: with all of them at once each would take minutes, and time limits would be met.
TEST_WIDTH = SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=12

# The libraries that have a documentation catalogue.
LIBRARIES = TrustCore DurableFiles SigningKeys Transport CondaFormats TUF ContentTrust Sigstore TrustPolicy Gatekeeper Installer ChannelServer
# What `swift format` looks after.
FORMATTED = Package.swift Sources Tests Soak Examples Conformance Benchmarks/Package.swift Benchmarks/Sources

# A release for other machines carries its Swift libraries with it, and no symbols (Linux; macOS has the libraries).
# It has a build folder of its own, since that flag rebuilds everything.
STATIC = $(if $(filter Linux,$(shell uname -s)),--static-swift-stdlib -Xlinker -s)
RELEASE = swift build -c release --product kingsnake --scratch-path .build-release $(STATIC) $(SWIFT_FLAGS)
DEBUG = swift build $(SWIFT_FLAGS)

.DEFAULT_GOAL := help
.PHONY: help setup test-setup build demo test interop pages check format refusals bench fuzz soak conformance-clients install docs clean

help: ## list the targets
	@echo "Kingsnake: conda packages, verified from the publisher to the prefix"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-19s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "On a fresh machine: make demo, then make test."

setup: ## check for Swift, install the system libraries that are missing
	@scripts/setup

test-setup:
	@scripts/setup --tests

build: setup ## build the program and the demo (debug)
	@echo "build: compiling (the first time, dependencies are fetched and compiled too: some minutes)"
	@$(DEBUG)

demo: build ## run a server, publish, install and watch; then everything that attackers try (in ./demo)
	@echo "demo: running; everything it makes goes to ./demo"
	@"$$($(DEBUG) --show-bin-path)/kingsnake-demo"

test: test-setup ## run the tests (the ones beside other programs skip: make interop)
	@echo "test: compiling and running the tests; a test that lacks its data or a peer is shown as skipped"
	@$(TEST_WIDTH) scripts/run-tests swift test --parallel $(SWIFT_FLAGS)

interop: setup ## run the tests beside cph, py-rattler, python-tuf and sigstore-python (needs Python and network once)
	@peers="$$(scripts/peers)" && echo "interop: running the tests beside the peers in $$peers" && \
	    KINGSNAKE_PEERS="$$peers" scripts/run-tests swift test --filter InteropTests $(SWIFT_FLAGS)

pages: setup ## look at the server's pages in Chromium, with axe-core (needs Chromium, and Python and network once)
	@scripts/check-pages $(SWIFT_FLAGS)

check: setup ## format, fences, warnings as errors, generated documents
	@echo "check: format"
	@swift format lint --strict --parallel --recursive $(FORMATTED)
	@echo "check: imports"
	@scripts/check-imports --self-test
	@scripts/check-imports
	@echo "check: compiling everything, tests too; every warning of ours is an error"
	@$(DEBUG) --build-tests --explicit-target-dependency-import-check error
	@echo "check: the examples in the documentation"
	@scripts/check-snippets "$$($(DEBUG) --show-bin-path)"
	@echo "check: generated documents"
	@scripts/check-refusals "$$($(DEBUG) --show-bin-path)/kingsnake"

format: setup ## rewrite the sources in the project's format
	@swift format --in-place --parallel --recursive $(FORMATTED)

refusals: build ## write docs/refusals.md from the program
	@scripts/check-refusals "$$($(DEBUG) --show-bin-path)/kingsnake" --write

bench: setup ## measure beside cph, py-rattler, nginx, … (needs Python and network once; some minutes)
	@peers="$$(scripts/peers)" && quetz="$$(scripts/peers quetz || :)" && echo "bench: compiling for release" && \
	    swift build -c release --package-path Benchmarks --product kingsnake-bench $(STATIC) && \
	    swift build -c release --package-path Benchmarks --product kingsnake $(STATIC) && \
	    KINGSNAKE_PEERS="$$peers" KINGSNAKE_QUETZ="$$quetz" Benchmarks/run $(BENCH_FLAGS)

fuzz: setup ## fuzz the parsers of TUF, Sigstore, content trust, policies, keys and the server, FUZZ_SECONDS each (60), on all cores (Linux)
	@echo "fuzz: compiling for release with sanitizers, then $(FUZZ_SECONDS) s for each of $(FUZZERS)"
	@FUZZ_JOBS="$$(nproc)" Fuzz/run "$(FUZZERS)" "$(FUZZ_SECONDS)"

soak: test-setup ## run the server and the proxy under load, kill them, let disks and channels fail, and check what they promise: SOAK_ROUNDS (300), SOAK_PROXY_ROUNDS (60), SOAK_SEED
	@echo "soak: compiling"
	@$(DEBUG) --product kingsnake && $(DEBUG) --product kingsnake-soak
	@SWIFT_BACKTRACE=enable=no SOAK_ROUNDS="$(SOAK_ROUNDS)" SOAK_PROXY_ROUNDS="$(SOAK_PROXY_ROUNDS)" SOAK_SEED="$(SOAK_SEED)" \
	    "$$($(DEBUG) --show-bin-path)/kingsnake-soak"

conformance-clients: setup ## build the programs that public conformance suites call (in Conformance/bin)
	@echo "conformance-clients: compiling for release"
	@mkdir -p Conformance/bin
	@for client in tuf-client sigstore-client; do \
	    swift build -c release --product $$client $(SWIFT_FLAGS) && \
	    cp "$$(swift build -c release --show-bin-path $(SWIFT_FLAGS))/$$client" Conformance/bin/$$client || exit 1; \
	done
	@echo "conformance-clients: Conformance/bin/tuf-client and sigstore-client (see Conformance/README.md)"

install: setup ## build for release, install the program and its completions below PREFIX (/usr/local)
	@echo "install: compiling for release"
	@$(RELEASE)
	@scripts/install "$$($(RELEASE) --show-bin-path)/kingsnake" "$(PREFIX)"

docs: setup ## build the libraries' documentation into .build/docs
	@for library in $(LIBRARIES); do \
	    echo "docs: $$library"; mkdir -p .build/docs; \
	    swift package --allow-writing-to-directory .build/docs generate-documentation --target $$library \
	        --disable-indexing --transform-for-static-hosting --hosting-base-path $$library \
	        --output-path .build/docs/$$library || exit 1; \
	done
	@echo "docs: .build/docs/LIBRARY, ready for any web server"

clean: ## remove what was built, and the demo
	@echo "clean: removing build folders and ./demo"
	@rm -rf .build .build-release Benchmarks/.build demo pages
