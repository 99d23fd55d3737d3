// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Entries of a publish log")
struct PublishLogEntryTests {
    private static let digest = Digest.of([1])

    private static func entry(_ event: PublishLogEntry.Event) -> PublishLogEntry {
        var entry = PublishLogEntry(event, channel: "main", time: Timestamp(seconds: 1_800_000_000))
        entry.subdir = "noarch"
        entry.fileName = "a-1-0.conda"
        entry.sha256 = digest
        entry.size = 7
        entry.attestations = digest
        entry.publisher = FilePublisher(.workload, "https://github.com/o/r", issuer: "https://token.example")
        entry.details["reason"] = "because"
        if event == .index { entry.details["files"] = ["repodata.json": .string(digest.hex)] }
        return entry
    }

    @Test("Whatever was written is read as the same", arguments: PublishLogEntry.Event.allCases)
    func roundTrip(_ event: PublishLogEntry.Event) throws {
        let entry = Self.entry(event)
        let bytes = try entry.encoded()
        #expect(try PublishLogEntry(parsing: bytes) == entry)
    }

    @Test("An entry is the text that the documentation shows")
    func text() throws {
        var entry = Self.entry(.publish)
        entry.attestations = nil
        entry.details = JSONObject()
        entry.publisher = FilePublisher(.user, "alice")
        let text = String(decoding: try entry.encoded(), as: UTF8.self)
        let digest = Self.digest.hex
        #expect(
            text == """
                {"channel":"main","filename":"a-1-0.conda","publisher":{"kind":"user","name":"alice"},\
                "sha256":"\(digest)","size":7,"subdir":"noarch","time":"2027-01-15T08:00:00Z","type":"publish","v":1}
                """
        )
    }

    @Test(
        "What is not exactly an entry is refused",
        arguments: [
            ("{ \"v\":1}", "publish-log.entry"),
            (#"{"channel":"c","time":"2027-01-15T08:00:00Z","type":"nothing","v":1}"#, "publish-log.entry"),
            (#"{"channel":"c","time":"2027-01-15","type":"key-change","v":1}"#, "publish-log.entry"),
            (
                #"{"channel":"c","time":"2027-01-15T08:00:00Z","type":"key-change","v":2}"#,
                "publish-log.entry"
            ),
            (#"{"channel":"c","time":"2027-01-15T08:00:00Z","type":"publish","v":1}"#, "publish-log.entry"),
            (#"{"channel":"","time":"2027-01-15T08:00:00Z","type":"key-change","v":1}"#, "publish-log.entry"),
            (
                #"{"channel":"c","sha256":null,"time":"2027-01-15T08:00:00Z","type":"key-change","v":1}"#,
                "publish-log.entry"
            ),
            (
                #"{"channel":"c","sha256":"AA","time":"2027-01-15T08:00:00Z","type":"key-change","v":1}"#,
                "publish-log.entry"
            ),
            (
                #"{"channel":"c","publisher":{"kind":"user","name":"a","x":1},"time":"2027-01-15T08:00:00Z","type":"key-change","v":1}"#,
                "publish-log.entry"
            ),
            (
                #"{"channel":"c","publisher":{"issuer":null,"kind":"user","name":"a"},"time":"2027-01-15T08:00:00Z","type":"key-change","v":1}"#,
                "publish-log.entry"
            ),
            (
                #"{"channel":"c","subdir":"noarch","time":"2027-01-15T08:00:00Z","type":"index","v":1}"#,
                "publish-log.entry"
            ),
            (
                #"{"channel":"c","files":{"a":"00"},"subdir":"noarch","time":"2027-01-15T08:00:00Z","type":"index","v":1}"#,
                "publish-log.entry"
            ),
            (
                #"{"channel":"c","size":-1,"time":"2027-01-15T08:00:00Z","type":"key-change","v":1}"#,
                "publish-log.entry"
            ),
            (#"{"channel":7,"time":"2027-01-15T08:00:00Z","type":"key-change","v":1}"#, "json.shape"),
            ("[", "json.syntax"),
        ]
    )
    func refused(_ text: String, _ code: String) {
        #expect(refusalCode { try PublishLogEntry(parsing: Array(text.utf8)) } == code)
    }

    @Test("An entry that is none is not written")
    func notWritten() {
        var entry = Self.entry(.publish)
        entry.details["sha256"] = "x"
        #expect(refusalCode { try entry.encoded() } == "publish-log.entry")
        var incomplete = Self.entry(.attest)
        incomplete.attestations = nil
        #expect(refusalCode { try incomplete.encoded() } == "publish-log.entry")
        var long = Self.entry(.yank)
        long.details["reason"] = .string(String(repeating: "x", count: 65_536))
        #expect(refusalCode { try long.encoded() } == "tiled-log.entry-length")
    }
}
