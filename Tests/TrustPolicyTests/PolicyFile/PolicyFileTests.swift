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
        let changed = try PolicyFile.Channel(main, trustsFirstUse: true, publishers: nil)
        try policy.set(changed, of: main)
        #expect(policy.channels.map(\.url) == [main, other] && policy.channels[0] == changed)
        try policy.set(nil, of: main)
        #expect(policy.channels.map(\.url) == [other])
        try policy.set(changed, of: main)
        #expect(policy.channels.map(\.url) == [other, main])
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
}
