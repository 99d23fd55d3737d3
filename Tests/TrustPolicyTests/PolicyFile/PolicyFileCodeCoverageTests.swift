// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Testing
import TrustCore
import TrustPolicy

/// A policy that is refused, for one reason and at one line.
struct BadPolicy: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let code: PolicyFileCode
    let text: String
    let line: Int?

    init(_ code: PolicyFileCode, _ situation: String, line: Int?, _ text: String) {
        testDescription = "\(code.rawValue): \(situation)"
        self.code = code
        self.text = text
        self.line = line
    }

    /// A policy with one publisher, on lines 6 and so on.
    static func publisher(_ code: PolicyFileCode, _ situation: String, line: Int? = 6, _ text: String)
        -> BadPolicy
    {
        let indented = text.replacing("\n", with: "\n          ")
        return BadPolicy(
            code,
            situation,
            line: line,
            """
            version: 1
            channels:
              https://conda.example.org/main:
                packages:
                  zlib: {publishers: [
                      {\(indented)}]}
            """
        )
    }

    /// A policy with something beside a good publisher.
    static func entry(_ code: PolicyFileCode, _ situation: String, _ text: String, line: Int = 7) -> BadPolicy
    {
        BadPolicy(
            code,
            situation,
            line: line,
            """
            version: 1
            channels:
              https://conda.example.org/main:
                packages:
                  zlib:
                    publishers: [{github: a/b}]
                    \(text)
            """
        )
    }

    /// A policy with a rule, on line 2.
    static func rule(_ code: PolicyFileCode, _ situation: String, _ text: String) -> BadPolicy {
        BadPolicy(code, situation, line: 2, "version: 1\n\(text)")
    }

    /// A policy whose entry is for some pattern.
    static func pattern(_ pattern: String) -> BadPolicy {
        BadPolicy(
            .pattern,
            pattern,
            line: 6,
            """
            version: 1
            channels:
              https://conda.example.org/main:
                packages:
                  "\(pattern)":
                    publishers: [{github: a/b}]
            """
        )
    }
}

@Suite("Codes of policy files")
struct PolicyFileCodeCoverageTests {
    static let cases: [BadPolicy] = [
        BadPolicy(.syntax, "no YAML", line: 1, "a: b: c"),
        BadPolicy(.syntax, "nothing", line: nil, ""),
        BadPolicy(.syntax, "two documents", line: nil, "version: 1\n---\nversion: 1\n"),
        BadPolicy(.alias, "an anchor", line: 1, "version: &a 1"),
        BadPolicy(.alias, "a wildcard without quotes", line: 1, "version: *a"),
        BadPolicy(.duplicateKey, "a key twice", line: nil, "version: 1\nversion: 1\n"),
        BadPolicy(
            .tooDeep,
            "forty lists",
            line: nil,
            String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
        ),
        BadPolicy(.shape, "a list", line: 1, "[1]"),
        BadPolicy(.shape, "channels as text", line: 2, "version: 1\nchannels: conda-forge"),
        BadPolicy(.version, "no version", line: 1, "channels: {}"),
        BadPolicy(.version, "another version", line: 1, "version: 2"),
        BadPolicy(.version, "a version as text", line: 1, "version: \"1\""),
        BadPolicy(.unknownKey, "a slip of the fingers", line: 2, "version: 1\nchanels: {}"),
        BadPolicy(.notYet, "rebuilds of everything", line: 2, "version: 1\nrebuilds: 2 of 3"),
        BadPolicy(
            .notYet,
            "what an index must be",
            line: 4,
            "version: 1\nchannels:\n  https://a.example.org/b:\n    index: {require: tuf}"
        ),
        BadPolicy(.empty, "no channels", line: 1, "version: 1"),
        BadPolicy(.empty, "no channel", line: 1, "version: 1\nchannels: {}"),
        BadPolicy(
            .empty,
            "a channel without demands",
            line: 3,
            "version: 1\nchannels:\n  https://a.example.org/b: {}"
        ),
        BadPolicy(
            .empty,
            "[41] an entry without publishers",
            line: 5,
            "version: 1\nchannels:\n  https://a.example.org/b:\n    packages:\n      a: {publishers: []}"
        ),
        BadPolicy(
            .empty,
            "[41] an entry that names none",
            line: 5,
            "version: 1\nchannels:\n  https://a.example.org/b:\n    packages:\n      a: {threshold: 1}"
        ),
        BadPolicy(
            .empty,
            "[41] packages without entry",
            line: 4,
            "version: 1\nchannels:\n  https://a.example.org/b:\n    packages: {}"
        ),
        BadPolicy(
            .channel,
            "a short name",
            line: 3,
            "version: 1\nchannels:\n  conda-forge: {trust_on_first_use: true}"
        ),
        BadPolicy(
            .channel,
            "credentials",
            line: 3,
            "version: 1\nchannels:\n  https://a:b@example.org/c: {trust_on_first_use: true}"
        ),
        BadPolicy(
            .duplicate,
            "one channel in two spellings",
            line: 1,
            """
            version: 1
            channels: {https://a.example.org/b: {trust_on_first_use: true}, https://A.example.org/b: {trust_on_first_use: true}}
            """
        ),
        BadPolicy(
            .duplicate,
            "one pattern in two spellings",
            line: 3,
            """
            version: 1
            channels:
              https://a.example.org/b: {packages: {a: {publishers: [{github: a/b}]}, A: {publishers: [{github: a/b}]}}}
            """
        ),
        .rule(.shape, "a cooldown without brackets", "cooldown: 7d"),
        .rule(.shape, "a cooldown of nobody", "cooldown: {except: {zlib: 1d}}"),
        .rule(.value, "a duration in weeks", "cooldown: {default: 1w}"),
        .rule(.value, "a duration beyond ten years", "cooldown: {default: 4000d}"),
        .rule(.value, "a duration without unit", "cooldown: {default: 7d, except: {zlib: 0}}"),
        .rule(.pattern, "a pattern within a name", "cooldown: {default: 7d, except: {\"z*\": 1d}}"),
        .rule(.duplicate, "an exception twice", "cooldown: {default: 7d, except: {a: 1d, A: 2d}}"),
        .rule(.unknownKey, "a slip of the fingers in a cooldown", "cooldown: {default: 7d, exept: {a: 1d}}"),
        .rule(.value, "a mode that is none", "install_scripts: {default: ask}"),
        .rule(.shape, "no mode", "install_scripts: {except: [a]}"),
        .rule(.value, "exceptions of nothing", "install_scripts: {default: allow, except: [a]}"),
        .rule(.pattern, "a script's path", "install_scripts: {default: deny, except: [bin/a]}"),
        .rule(.unknownKey, "a slip of the fingers in scripts", "install_scripts: {defualt: deny}"),
        .rule(.duplicate, "a package twice", "install_scripts: {default: deny, except: [a, A]}"),
        .rule(.empty, "pins of nothing", "pins: {}"),
        .rule(.empty, "a pin to no channel", "pins: {a: []}"),
        .rule(.channel, "a pin to a short name", "pins: {lab-core: lab}"),
        .rule(.pattern, "a pin of a part of a name", "pins: {\"lab*\": https://a.example.org/b}"),
        .rule(
            .duplicate,
            "a name pinned twice",
            "pins: {a: https://a.example.org/b, A: https://a.example.org/c}"
        ),
        .rule(.empty, "an empty list of revocations", "revoked: []"),
        .rule(.shape, "a digest alone", "revoked: [sha256:abc]"),
        .rule(.shape, "a revocation without a reason", "revoked: [{match: a}]"),
        .rule(.empty, "a revocation of nothing", "revoked: [{reason: a}]"),
        .rule(
            .empty,
            "a revocation of a whole channel",
            "revoked: [{channel: https://a.example.org/b, reason: a}]"
        ),
        .rule(.empty, "a revocation of no digest", "revoked: [{sha256: [], reason: a}]"),
        .rule(.value, "a digest that is none", "revoked: [{sha256: abc, reason: a}]"),
        .rule(
            .value,
            "two sorts of digest",
            "revoked: [{md5: \(String(repeating: "0", count: 32)), sha256: \(String(repeating: "0", count: 64)), reason: a}]"
        ),
        .rule(.value, "no specification", "revoked: [{match: \"a >=\", reason: a}]"),
        .rule(.value, "what an index may leave out", "revoked: [{match: \"a[build_number=1]\", reason: a}]"),
        .rule(.value, "a channel in a specification", "revoked: [{match: \"b::a\", reason: a}]"),
        .rule(.value, "a reference that is no URL", "revoked: [{match: a, reason: a, reference: CVE-1}]"),
        .rule(.value, "a moment that is none", "revoked: [{indexed: {from: 2026-12-01}, reason: a}]"),
        .rule(.empty, "a time without ends", "revoked: [{indexed: {}, reason: a}]"),
        .rule(
            .value,
            "a time that ends before it begins",
            "revoked: [{indexed: {from: \"2026-12-02T00:00:00Z\", until: \"2026-12-01T00:00:00Z\"}, reason: a}]"
        ),
        .rule(.unknownKey, "a slip of the fingers in a time", "revoked: [{indexed: {since: a}, reason: a}]"),
        .rule(.unknownKey, "a slip of the fingers in a revocation", "revoked: [{mach: a, reason: a}]"),
        .rule(
            .publisher,
            "a publisher who is nobody",
            "revoked: [{publisher: {ref: refs/heads/a}, reason: a}]"
        ),
        .rule(
            .value,
            "a reason beyond the limit",
            "revoked: [{match: a, reason: \(String(repeating: "a", count: 501))}]"
        ),
        BadPolicy(
            .unknownKey,
            "another channel below a channel",
            line: 4,
            "version: 1\nchannels:\n  https://a.example.org/b:\n    revoked: [{match: a, channel: https://a.example.org/c, reason: a}]"
        ),
        .entry(.unknownKey, "an unknown key of an entry", "treshold: 1"),
        .entry(.notYet, "rebuilds", "rebuilds: 2 of 3"),
        .entry(.threshold, "nobody", "threshold: 0", line: 6),
        .entry(.threshold, "more than there are", "threshold: 2", line: 6),
        .entry(.shape, "a threshold in words", "threshold: two"),
        .entry(.value, "a date without time", "required_since: 2026-12-01"),
        .entry(.value, "a digest that is none", "except: [abc]"),
        .entry(
            .value,
            "two exemptions",
            "required_since: \"2026-12-01T00:00:00Z\"\n        except: []",
            line: 8
        ),
        .entry(.channel, "a target that is no channel", "target_channels: [main]"),
        .pattern("lab*"), .pattern("*-lab"), .pattern("la b"), .pattern("__cuda"),
        .publisher(.publisher, "nobody", "ref: refs/heads/main"),
        .publisher(.publisher, "two at once", "github: a/b, gitlab: a/b"),
        .publisher(.publisher, "an issuer beside GitHub", "github: a/b, issuer: https://x.example.org"),
        .publisher(.publisher, "a number of every repository", "github: \"a/*\", repository_id: 1"),
        .publisher(
            .publisher,
            "a key with a workflow",
            "key: \(String(repeating: "0", count: 64)), workflow: a.yml"
        ),
        .publisher(
            .publisher,
            "a person with a number",
            "identity: a@b, issuer: https://x.example.org, owner_id: 1"
        ),
        .publisher(.unknownKey, "a slip of the fingers", "github: a/b, repo_id: 1"),
        .publisher(.unknownKey, "a claim that nobody knows", "github: a/b, claims: {sha: x}"),
        .publisher(.issuerMissing, "[36] no issuer", "identity: a@example.org"),
        .publisher(.wildcard, "[38] a wildcard in a name", "github: \"pallets/flask*\""),
        .publisher(.wildcard, "[38] a wildcard for owners", "github: \"*/flask\""),
        .publisher(
            .wildcard,
            "[38] a wildcard in an identity",
            "identity: \"https://a/*\", issuer: https://x.example.org"
        ),
        .publisher(
            .wildcard,
            "[38] a wildcard in an issuer",
            "identity: a@b, issuer: \"https://*.example.org\""
        ),
        .publisher(.wildcard, "[38] a wildcard in a ref", "github: a/b, ref: \"refs/tags/v*\""),
        .publisher(.wildcard, "[38] a wildcard in a workflow", "github: a/b, workflow: \"*.yml\""),
        .publisher(.wildcard, "[38] a wildcard in a claim", "github: a/b, trigger: \"*\""),
        .publisher(.value, "no owner", "github: flask"),
        .publisher(.value, "a URL", "github: https://github.com/pallets/flask"),
        .publisher(.value, "a branch without its path", "github: a/b, ref: main"),
        .publisher(.value, "a number in words", "github: a/b, repository_id: flask"),
        .publisher(.value, "a workflow with a ref", "github: a/b, workflow: a.yml@refs/heads/main"),
        .publisher(.value, "an issuer without https", "identity: a@b, issuer: accounts.example.org"),
        .publisher(.value, "an issuer with a slash", "identity: a@b, issuer: https://x.example.org/"),
        .publisher(.value, "a fingerprint that is none", "key: abc"),
        .publisher(
            .value,
            "a kind of identity that is none",
            "identity: a, issuer: https://x.example.org, kind: key"
        ),
        .publisher(
            .duplicate,
            "a claim twice",
            "github: a/b, trigger: push, claims: {build-trigger: pull_request}"
        ),
        .publisher(.duplicate, "a publisher twice", line: 5, "github: a/b}, {github: a/b"),
        .publisher(.shape, "nothing behind a key", "github: a/b, workflow: "),
        .publisher(.shape, "an empty text", "github: a/b, workflow: \"\""),
    ]

    @Test("A bad policy is refused for its reason, at its line", arguments: cases)
    func isRefused(_ bad: BadPolicy) {
        let refusal = thrownRefusal { try PolicyFile(yaml: Array(bad.text.utf8), "policy.yaml") }
        #expect(refusal?.codeName == bad.code.rawValue, "\(String(describing: refusal))")
        #expect(refusal?.subject == "policy.yaml")
        if let line = bad.line { #expect(refusal?.location == "line \(line)", "\(bad.text)") }
    }

    @Test("Text that is not UTF-8, and files and lists beyond the limits")
    func limits() throws {
        func code(_ bytes: [UInt8]) -> String? {
            thrownRefusal { try PolicyFile(yaml: bytes) }?.codeName
        }
        #expect(code([0x61, 0xFF]) == PolicyFileCode.encoding.rawValue)
        #expect(
            code([UInt8](repeating: 0x20, count: PolicyFile.maximumLength + 1)) == "policy-file.too-large"
        )
        let publishers = try (0...PublisherEntry.maximumPublishers).map {
            try AttestationSamples.publisher("a/b\($0)")
        }
        let refusal = thrownRefusal { try PublisherEntry(.all, publishers: publishers) }
        #expect(refusal?.is(PolicyFileCode.tooLarge) == true)
        let revocations = repeatElement("- {match: a, reason: b}", count: Revocation.maximumCount + 1)
        #expect(
            code(Array("version: 1\nrevoked:\n\(revocations.joined(separator: "\n"))\n".utf8))
                == "policy-file.too-large"
        )
    }

    @Test("Every code is provoked")
    func isComplete() {
        let elsewhere: Set<PolicyFileCode> = [.encoding, .tooLarge]
        #expect(Set(Self.cases.map(\.code)).union(elsewhere) == Set(PolicyFileCode.allCases))
    }

    @Test(
        "What an owner signs is read as strictly",
        arguments: [
            ("policy-file.version", #"{"channel":"https://conda.example.org/main","packages":[]}"#),
            ("policy-file.version", #"{"version":"1"}"#), ("policy-file.shape", "[]"),
            ("policy-file.shape", #"{"version":1}"#),
            ("policy-file.unknown-key", #"{"version":1,"mode":"warn"}"#),
            ("policy-file.channel", #"{"version":1,"channel":"https://conda.example.org/x","packages":[]}"#),
            ("policy-file.empty", #"{"version":1,"channel":"https://conda.example.org/main"}"#),
            ("policy-file.empty", #"{"version":1,"channel":"https://conda.example.org/main","packages":[]}"#),
            (
                "policy-file.empty",
                #"{"version":1,"channel":"https://conda.example.org/main","packages":[{"pattern":"*","publishers":[]}]}"#
            ),
            (
                "policy-file.shape",
                #"{"version":1,"channel":"https://conda.example.org/main","packages":[{"publishers":[{"github":"a/b"}]}]}"#
            ),
            (
                "policy-file.shape",
                #"{"version":1,"channel":"https://conda.example.org/main","packages":[{"pattern":"*","publishers":[{"github":"a/b","repository_id":1}]}]}"#
            ),
            (
                "policy-file.not-yet",
                #"{"version":1,"channel":"https://conda.example.org/main","packages":[{"pattern":"*","publishers":[{"github":"a/b"}],"cooldown":1}]}"#
            ),
            ("json.duplicate-key", #"{"version":1,"version":1}"#), ("json.syntax", "version: 1"),
        ]
    )
    func ownersFile(code: String, text: String) throws {
        let channel = try ChannelURL(AttestationSamples.channel)
        let refusal = thrownRefusal { try PublisherPolicy(json: Array(text.utf8), of: channel) }
        #expect(refusal?.codeName == code, "\(String(describing: refusal))")
    }
}
