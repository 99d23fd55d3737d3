// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Testing
import TrustCore
import TrustPolicy

@Suite("Policy files")
struct PolicyFileTests {
    /// Everything that there is to write.
    static let everything = """
        version: 1
        channels:
          https://conda.example.org/main:
            mode: warn
            trust_on_first_use: true
            packages:
              "lab-*":
                publishers:
                  - github: lab-org/tools
                    repository_id: 1048392115
                    owner_id: "111356225"
                    workflow: release.yml
                    ref: refs/tags/*
                    environment: release
                    trigger: push
                    claims: {runner-environment: github-hosted}
                  - gitlab: lab/sub/project
                    issuer: https://gitlab.example.org
                    ref: refs/heads/main
                  - gitlab: lab/sub/other
                  - identity: alice@example.org
                    issuer: https://accounts.example.org
                  - identity: https://ci.example.org/job
                    issuer: https://ci.example.org
                    kind: other
                  - key: "0101010101010101010101010101010101010101010101010101010101010101"
                threshold: 2
                required_since: "2026-12-01T00:00:00Z"
                target_channels: [https://conda.example.org/staging]
              zlib:
                publishers: [{github: "madler/*"}]
                except: ["0202020202020202020202020202020202020202020202020202020202020202"]
          https://conda.example.org/other:
            trust_on_first_use: true
            cooldown: {default: 3d}
            install_scripts: {default: flag}
            revoked: [{match: "xz[build='h*']", reason: not from here}]
          https://conda.example.org/third:
            install_scripts: {default: allow}
        cooldown:
          default: 7d
          except: {openssl: 0d, "lab-*": 12h}
        install_scripts: {default: deny, except: [qt-main, "lab-*"]}
        pins:
          lab-core: https://conda.example.org/main
          "lab-*": [https://conda.example.org/main, https://conda.example.org/other]
        revoked:
          - sha256: "0303030303030303030303030303030303030303030303030303030303030303"
            reason: backdoored
            reference: https://example.org/advisories/1
          - sha256:
              - "0404040404040404040404040404040404040404040404040404040404040404"
              - "0505050505050505050505050505050505050505050505050505050505050505"
            channel: https://conda.example.org/other
            reason: "made with a \u{FC} stolen key"
          - md5: "00000000000000000000000000000000"
            reason: "null"
          - match: xz >=5.6.0,<5.6.2
            reason: CVE-2024-3094
          - publisher: {github: lab-org/tools, repository_id: 1048392115}
            match: "lab-*"
            reason: taken over
          - indexed: {from: "2026-11-01T00:00:00Z", until: "2026-11-03T00:00:00Z"}
            channel: https://conda.example.org/main
            reason: a stolen token
          - indexed: {until: "2020-01-01T00:00:00Z"}
            match: flask
            reason: too old
        """

    @Test("A policy means what it says, and is written as it was read")
    func roundTrip() throws {
        let policy = try PolicyFile(yaml: Array(Self.everything.utf8))
        #expect(try PolicyFile(yaml: policy.yaml) == policy)
        let channel = try #require(policy.channel(try ChannelURL("https://conda.example.org/main")))
        #expect(channel.mode == .warn && channel.trustsFirstUse)
        let entry = try #require(channel.entry(for: try PackageName("lab-core")))
        #expect(entry.threshold == 2 && entry.publishers.count == 6)
        #expect(entry.exemption == .listed(before: try #require(Timestamp("2026-12-01T00:00:00Z"))))
        #expect(
            entry.publishers.map(\.description) == [
                "github lab-org/tools, repository number 1048392115, owner number 111356225, workflow release.yml, ref refs/tags/*, build-trigger push, deployment-environment release, runner-environment github-hosted",
                "gitlab lab/sub/project, issuer https://gitlab.example.org, ref refs/heads/main",
                "gitlab lab/sub/other", "identity alice@example.org, issuer https://accounts.example.org",
                "identity https://ci.example.org/job, issuer https://ci.example.org",
                "key \(String(repeating: "01", count: 32))",
            ]
        )
        #expect(channel.entry(for: try PackageName("flask")) == nil)
        #expect(policy.channel(try ChannelURL("https://conda.example.org/none")) == nil)
    }

    @Test("What the owner signs has the same entries, as JSON, and is of its channel only")
    func ownersFile() throws {
        let policy = try PolicyFile(yaml: Array(Self.everything.utf8))
        let channel = try ChannelURL("https://conda.example.org/main")
        let publishers = try #require(policy.channel(channel)?.publishers)
        let bytes = JSONWriter.encode(publishers.json, .indented)
        #expect(try PublisherPolicy(json: bytes, of: channel) == publishers)
        let refusal = thrownRefusal {
            try PublisherPolicy(json: bytes, of: try ChannelURL("https://conda.example.org/other"))
        }
        #expect(refusal?.is(PolicyFileCode.channel) == true)
    }

    @Test(
        "The order of channels and patterns stays, and one channel's demands are put in place of its old ones"
    )
    func order() throws {
        var policy = try PolicyFile(yaml: Array(Self.everything.utf8))
        let other = try ChannelURL("https://conda.example.org/other")
        let main = try ChannelURL("https://conda.example.org/main")
        let third = try ChannelURL("https://conda.example.org/third")
        let changed = try PolicyFile.Channel(main, trustsFirstUse: true, publishers: nil)
        try policy.set(changed, of: main)
        #expect(policy.channels.map(\.url) == [main, other, third] && policy.channels[0] == changed)
        try policy.set(nil, of: main)
        #expect(policy.channels.map(\.url) == [other, third])
        try policy.set(changed, of: main)
        #expect(policy.channels.map(\.url) == [other, third, main])
    }

    @Test("What is written is read by any reader of YAML: words that are values in it stand in quotes")
    func writesQuotes() throws {
        let text = """
            version: 1
            channels:
              https://conda.example.org/main:
                packages:
                  "yes":
                    publishers: [{identity: "null", issuer: "https://a.example.org"}]
                  "123":
                    publishers: [{identity: "a: b # c", issuer: "https://a.example.org"}]
            """
        let policy = try PolicyFile(yaml: Array(text.utf8))
        #expect(try PolicyFile(yaml: policy.yaml) == policy)
        let written = String(decoding: policy.yaml, as: UTF8.self)
        for quoted in ["\"yes\":", "\"123\":", "\"null\"", "\"a: b # c\""] {
            #expect(written.contains(quoted), "\(written)")
        }
    }

    @Test("A policy of rules needs no channel, and what is taken away of publishers leaves the rules")
    func rulesAlone() throws {
        for lines in [
            "cooldown: {default: 7d}", "pins: {a: https://a.example.org/b}",
            "revoked: [{match: a, reason: b}]",
        ] {
            let policy = try PolicyFile(yaml: Array("version: 1\n\(lines)\n".utf8))
            #expect(policy.channels.isEmpty && !policy.isEmpty)
            #expect(try PolicyFile(yaml: policy.yaml) == policy)
        }
        let policy = try PolicyFile(yaml: Array(Self.everything.utf8))
        let other = try #require(policy.channel(try ChannelURL("https://conda.example.org/other")))
        #expect(
            other.withoutPublishers?.rules == other.rules && other.withoutPublishers?.trustsFirstUse == false
        )
        let main = try #require(policy.channel(try ChannelURL("https://conda.example.org/main")))
        #expect(main.withoutPublishers == nil)
        var changed = policy
        try changed.set(nil, of: main.url)
        #expect(changed.rules == policy.rules && changed.pins == policy.pins)
    }
}
