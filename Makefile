# Everything is done from here: `make deps` gets what is missing, and each other target begins with it.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := build
.PHONY: deps build demo test check lint format bench clean install image check-sanitize test-release test-scale

# Debian packages, for the C libraries of Package.swift and to find them.
PACKAGES := liblua5.4-dev libssl-dev zlib1g-dev libzstd-dev liblz4-dev libsnappy-dev libcurl4-openssl-dev \
	libxxhash-dev libkrb5-dev pkg-config
# The same libraries as pkg-config knows them, for other systems.
LIBRARIES := lua5.4 libcrypto openssl zlib libzstd liblz4 snappy libxxhash libcurl krb5-gssapi
SWIFT_NEEDED := 6.2

SWIFT_FILES := Sources Tests Benchmarks Package.swift
# Nothing looks the program's symbols up, and to make generic types by name at the start costs more than the code for it.
# The commit that evidence names: linked in under a name of its own, so that another commit is linked anew.
COMMIT := $(shell git rev-parse --verify -q HEAD && { git diff --quiet HEAD || echo -dirty; })
COMMIT := $(subst $() ,,$(COMMIT))
STAMP := $(if $(COMMIT),.build/commit-$(COMMIT).o)
RELEASE := $(if $(STAMP),-Xlinker $(CURDIR)/$(STAMP)) -c release --static-swift-stdlib -Xlinker --no-export-dynamic \
	-Xswiftc -Xfrontend -Xswiftc -disable-concrete-type-metadata-mangled-name-accessors
# Swift Testing only: XCTest's own summary would say that it ran no test.
TEST := swift test --disable-xctest

PREFIX := /usr/local
DESTDIR :=

deps:
	@version=$$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p' || true)
	if [ "$$(printf '%s\n' $(SWIFT_NEEDED) "$${version:-0}" | sort -V | head -n 1)" != $(SWIFT_NEEDED) ]; then
	    echo "A Swift toolchain of at least $(SWIFT_NEEDED) is needed (found: $${version:-none})." >&2
	    echo "Take the one for this system from https://www.swift.org/install/linux/ (a tarball: unpack it, and put" >&2
	    echo "its usr/bin on PATH), then run make again." >&2
	    exit 1
	fi
	if ! command -v dpkg-query >/dev/null; then
	    pkg-config --exists $(LIBRARIES) && exit 0
	    echo "Not a Debian: install the development files of these libraries, and pkg-config, by hand:" >&2
	    echo "  $(LIBRARIES)" >&2
	    exit 1
	fi
	installed=" $$(dpkg-query -W -f='$${db:Status-Status}=$${Package} ' $(PACKAGES) 2>/dev/null || true)"
	missing=()
	for package in $(PACKAGES); do
	    [[ $$installed == *" installed=$$package "* ]] || missing+=("$$package")
	done
	if [ $${#missing[@]} -gt 0 ]; then
	    echo "Installing $${missing[*]}"
	    as_root=()
	    [ "$$(id -u)" = 0 ] || as_root=(sudo)
	    "$${as_root[@]}" apt-get update
	    "$${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$${missing[@]}"
	fi
	if [ -n "$${KAFKA_HOME:-}" ] && ! command -v java >/dev/null; then
	    echo "KAFKA_HOME is set, but there is no java: tests against real Kafka need a JDK of at least 17" >&2
	    echo "(Debian: openjdk-17-jdk-headless)." >&2
	fi

ifneq ($(STAMP),)
$(STAMP):
	@mkdir -p .build
	rm -f .build/commit-*.o
	echo 'static const char commit[] = "$(COMMIT)";' \
	    'char sluice_commit_character(int i) { return i < (int)sizeof commit ? commit[i] : 0; }' |
	    clang -x c -c -O1 -o $@ -
endif

build: deps $(STAMP)
	@swift build $(RELEASE) --product sluice
	echo "$$(swift build $(RELEASE) --show-bin-path)/sluice"

# Against real Kafka too where KAFKA_HOME is set, else those suites are skipped and say so.
test: deps
	@Tests/run unit end-to-end

# The same end-to-end tests on the binary that is shipped: the optimiser is part of the product.
test-release: build
	@export SLUICE_BINARY="$$(swift build $(RELEASE) --show-bin-path)/sluice"
	Tests/run end-to-end

# One changed record of each kind among a million, in logs of a million records: minutes, on the binary that is shipped.
test-scale: build
	@export SLUICE_BINARY="$$(swift build $(RELEASE) --show-bin-path)/sluice" SLUICE_TEST_RECORDS=1000000
	swift build --build-tests
	$(TEST) --skip-build --no-parallel --filter EndToEndTests.RecordParityTests

check: lint test

lint: deps
	@swift format lint --strict --recursive --parallel $(SWIFT_FILES)
	found=0
	# refuse WHY PATTERN PATH...: no line of Swift code but a comment may match.
	refuse() {
	    local why=$$1 pattern=$$2
	    shift 2
	    local hits
	    hits=$$(grep -rnP --include='*.swift' "$$pattern" "$$@" | grep -vP '^[^:]+:\d+:\s*//' || true)
	    [ -z "$$hits" ] && return
	    printf '%s:\n%s\n' "$$why" "$$hits" >&2
	    found=1
	}
	# only MODULE FOLDER...: imported nowhere else under Sources.
	only() {
	    local module=$$1 allowed
	    shift
	    allowed=$$(printf '|%s' "$$@")
	    refuse "$$module is imported by $$* only" "\bimport\s+(\w+\s+)?$$module\b" \
	        $$(find Sources -mindepth 1 -maxdepth 1 -type d | grep -vE "/(C$$allowed)$$")
	}
	only CLua none
	only CLuaHost LuaKit
	only CCrypto Evidence Crypto
	only CCurl Web
	only CKerberos Kerberos
	for openssl in COpenSSL CTLS; do only $$openssl TLS; done
	for codec in CZlib CZstd CLz4 CSnappy CCRC32C CRecordDigest; do only $$codec KafkaRecords; done
	only CXxhash none
	only CCommit sluice
	refuse 'No Foundation in the product' '\bimport\s+(\w+\s+)?Foundation' Sources
	refuse 'Nothing may hide from the compiler' '@unchecked\s+Sendable|\bnonisolated\(unsafe\)' Sources Tests
	refuse 'Nothing may trap on purpose' '\bfatalError\(|\btry!|\bas!' Sources
	refuse 'unsafe belongs to modules that wrap a C library' '\bunsafe\b' \
	    Sources/{KafkaWire,Value,Gate,KafkaClient,KafkaFacts,Parity,EmbeddedKafka,Agent}
	exit $$found

format: deps
	@swift format --in-place --recursive --parallel $(SWIFT_FILES)

# Unit tests under both sanitizers; they cannot share a build, and brokers would measure nothing here.
check-sanitize: deps
	@export LSAN_OPTIONS="suppressions=$$PWD/Tests/foundation-leaks.txt:print_suppressions=0"
	for sanitizer in address thread; do
	    $(TEST) --no-parallel --sanitize=$$sanitizer --scratch-path .build/sanitize-$$sanitizer --skip EndToEndTests
	done

# Two clusters inside the program: neither Kafka nor Java is needed.
demo: build
	@sluice="$$(swift build $(RELEASE) --show-bin-path)/sluice"
	mkdir -p .build/demo
	rm -f .build/demo/evidence.jsonl .build/demo/evidence.freeze.jsonl
	"$$sluice" demo --evidence .build/demo/evidence.jsonl
	"$$sluice" verify .build/demo/evidence.freeze.jsonl .build/demo/evidence.jsonl

bench: build
	@Benchmarks/run.sh "$$(swift build $(RELEASE) --show-bin-path)/sluice"

# PREFIX says where it will run, DESTDIR is put before it while packaging.
install: build
	@bin=$$(swift build $(RELEASE) --show-bin-path)
	install -D -m 755 "$$bin/sluice" "$(DESTDIR)$(PREFIX)/bin/sluice"
	find gates -name "*.lua" | while IFS= read -r gate; do
	    # A test is x_test.lua beside x.lua: decode_test.lua is a gate.
	    if [[ $$gate == *_test.lua && -e $${gate%_test.lua}.lua ]]; then continue; fi
	    install -D -m 644 "$$gate" "$(DESTDIR)$(PREFIX)/share/sluice/$$gate"
	done

# For examples/kubernetes: with podman too, as ENGINE=podman. The image has the Debian that this was built on.
ENGINE := docker
IMAGE := sluice:latest

image: build
	@rm -rf .build/image
	# Not by its variable: with that, make would do all of this even where it is only to say what it would do.
	make --no-print-directory install DESTDIR=.build/image/ PREFIX=usr
	$(ENGINE) build --file examples/kubernetes/Dockerfile --tag $(IMAGE) \
	    --build-arg DEBIAN="$$(. /etc/os-release && echo "$$VERSION_CODENAME")" .build/image

clean:
	@rm -rf .build
