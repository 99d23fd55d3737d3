// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Testing
import TrustCore

@testable import ContentTrust

/// One change to a channel that both clients take, and what each then says.
struct ClientCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let conda: ClientVerdict.Outcome
    let mamba: ClientVerdict.Outcome
    let message: String
    let change: @Sendable (inout ClientScene) throws -> Void

    init(
        _ name: String,
        conda: ClientVerdict.Outcome,
        mamba: ClientVerdict.Outcome,
        saying message: String = "",
        _ change: @escaping @Sendable (inout ClientScene) throws -> Void
    ) {
        testDescription = name
        self.conda = conda
        self.mamba = mamba
        self.message = message
        self.change = change
    }
}

@Suite("What conda and mamba make of a channel")
struct ClientModelTests {
    @Test("Each client does what it was measured to do", arguments: records + metadata + roots + forms)
    func behaviour(_ item: ClientCase) async throws {
        var scene = try ClientScene()
        try item.change(&scene)
        let conda = try await scene.conda(), mamba = try await scene.mamba()
        #expect(conda.outcome == item.conda, "conda: \(conda.message), \(conda.reason)")
        #expect(mamba.outcome == item.mamba, "mamba: \(mamba.message), \(mamba.reason)")
        let said = [conda.message, mamba.message, conda.reason, mamba.reason].joined(separator: "\n")
        #expect(item.message.isEmpty || said.contains(item.message), "\(said)")
    }

    /// Reference 3.3, 4.5 and 4.6: records and their signatures.
    static let records: [ClientCase] = [
        ClientCase("valid", conda: .trusted, mamba: .trusted) { _ in },
        ClientCase(
            "a field of both forms changed",
            conda: .untrusted,
            mamba: .stops,
            saying: "Invalid package"
        ) {
            $0.signedRecord = $0.record
            $0.record.set("license", "MIT")
        },
        ClientCase("a field that mamba leaves out changed", conda: .untrusted, mamba: .trusted) {
            $0.signedRecord = $0.record
            $0.record.set("license_family", "MIT")
        },
        ClientCase(
            "a field that mamba leaves out added",
            conda: .untrusted,
            mamba: .trusted,
            saying: "`noarch`"
        ) {
            $0.signedRecord = $0.record
            $0.record.set("noarch", "python")
        },
        ClientCase("an index without signatures", conda: .unsigned, mamba: .stops, saying: "for test)") {
            $0.indexIsSigned = false
        },
        ClientCase(
            "no signature for the file",
            conda: .unsigned,
            mamba: .stops,
            saying: "signatures are empty"
        ) {
            $0.isUnsigned = true
        },
        ClientCase("an empty set of signatures", conda: .untrusted, mamba: .stops, saying: "Saw 0 signatures")
        {
            $0.signatures = [:]
        },
        ClientCase("another file name", conda: .trusted, mamba: .trusted) {
            $0.fileName = "zlib-9.9-h1_0.conda"
        },
        ClientCase("a file of the other format in the section", conda: .stops, mamba: .trusted) {
            $0.fileName = "zlib-1.3-h1_0.tar.bz2"
        },
        ClientCase("signatures that are no object", conda: .stops, mamba: .stops) { $0.signatures = "abc" },
        ClientCase("a threshold of two with one signature in each form", conda: .untrusted, mamba: .stops) {
            $0.keyManager.set(
                "delegations",
                ["pkg_mgr": ClientScene.delegation([$0.fullKey, $0.mambaKey], 2)]
            )
        },
        ClientCase("signatures of a stranger", conda: .untrusted, mamba: .stops) {
            let data = try PythonJSON.encode($0.record, of: "test")
            let name = ClientScene.name($0.stranger)
            $0.signatures = .object(
                .init(of: [name: try ClientScene.signature(data, $0.stranger, wrapped: false)])
            )
        },
        ClientCase("a wrapped signature of the record in full", conda: .untrusted, mamba: .stops) {
            let data = try PythonJSON.encode($0.record, of: "test")
            let name = ClientScene.name($0.fullKey)
            $0.signatures = .object(
                .init(of: [name: try ClientScene.signature(data, $0.fullKey, wrapped: true)])
            )
        },
        ClientCase("a wrapped signature of mamba's form", conda: .untrusted, mamba: .trusted) {
            let data = try MambaForm(of: $0.record).bytes
            let name = ClientScene.name($0.fullKey)
            $0.signatures = .object(
                .init(of: [name: try ClientScene.signature(data, $0.fullKey, wrapped: true)])
            )
        },
        ClientCase("a wrapped signature that is no hexadecimal text", conda: .untrusted, mamba: .trusted) {
            let name = ClientScene.name($0.fullKey)
            $0.signatures = .object(.init(of: [name: ["signature": "none", "other_headers": "00"]]))
        },
        ClientCase("a signature with a member too many", conda: .untrusted, mamba: .stops) {
            let name = ClientScene.name($0.fullKey)
            let data = try PythonJSON.encode($0.record, of: "test")
            var signature = try ClientScene.signature(data, $0.fullKey, wrapped: false)
            signature.set("note", "x")
            $0.signatures = .object(.init(of: [name: signature]))
        },
    ]

    /// Key manager and package manager.
    static let metadata: [ClientCase] = [
        ClientCase("a key manager that has run out", conda: .trusted, mamba: .stops, saying: "freeze attack")
        {
            $0.keyManager.set("expiration", "2001-01-01T00:00:00Z")
        },
        ClientCase("a package manager that has run out", conda: .trusted, mamba: .stops, saying: "'pkg_mgr'")
        {
            $0.packageManager.set("expiration", "2001-01-01T00:00:00Z")
        },
        ClientCase("a root that has run out", conda: .trusted, mamba: .stops, saying: "'root'") {
            $0.root.set("expiration", "2001-01-01T00:00:00Z")
        },
        ClientCase("a year that no number holds", conda: .stops, mamba: .stops, saying: "datetime string") {
            $0.keyManager.set("expiration", "99999999999999999999-01-01T00:00:00Z")
        },
        ClientCase("a second that no number holds", conda: .stops, mamba: .stops, saying: "datetime string") {
            $0.keyManager.set("timestamp", "2026-01-01T00:00:99999999999999999999Z")
        },
        ClientCase("a key manager of a stranger", conda: .stops, mamba: .stops, saying: "SignatureError") {
            $0.keyManagerSigners = [$0.stranger]
        },
        ClientCase("a key manager with wrapped signatures", conda: .stops, mamba: .trusted) {
            $0.wrapsKeyManager = true
        },
        ClientCase("no key manager", conda: .unverified, mamba: .stops, saying: "could not find key_mgr data")
        {
            $0.missing = ["key_mgr.json"]
        },
        ClientCase("no package manager", conda: .trusted, mamba: .stops, saying: "Failed to fetch role") {
            $0.missing = ["pkg_mgr.json"]
        },
        ClientCase("a key manager without a version", conda: .trusted, mamba: .stops) {
            $0.keyManager.set("version", nil)
        },
        ClientCase("a key manager without a date", conda: .trusted, mamba: .stops) {
            $0.keyManager.set("timestamp", nil)
        },
        ClientCase("an older key manager", conda: .trusted, mamba: .trusted) {
            $0.keyManager.set("version", 1)
        },
        ClientCase("a version of the format from the future", conda: .trusted, mamba: .stops) {
            $0.keyManager.set("metadata_spec_version", "99.0.0")
        },
        ClientCase("a member that is not known", conda: .trusted, mamba: .trusted) {
            let name = ClientScene.name($0.mambaKey)
            $0.keyManager.set("record_forms", .object(.init(of: [name: "mamba"])))
        },
        ClientCase("a threshold of true", conda: .trusted, mamba: .stops) {
            $0.keyManager.set(
                "delegations",
                ["pkg_mgr": ClientScene.delegation([$0.fullKey, $0.mambaKey], true)]
            )
        },
        ClientCase("a threshold of zero", conda: .stops, mamba: .stops) {
            $0.keyManager.set(
                "delegations",
                ["pkg_mgr": ClientScene.delegation([$0.fullKey, $0.mambaKey], 0)]
            )
        },
        ClientCase("a key twice", conda: .stops, mamba: .trusted) {
            $0.keyManager.set(
                "delegations",
                ["pkg_mgr": ClientScene.delegation([$0.fullKey, $0.mambaKey, $0.fullKey])]
            )
        },
        ClientCase("a role that is not known", conda: .trusted, mamba: .stops) {
            $0.keyManager.set(
                "delegations",
                [
                    "pkg_mgr": ClientScene.delegation([$0.fullKey, $0.mambaKey]),
                    "x": ClientScene.delegation([$0.fullKey]),
                ]
            )
        },
        ClientCase(
            "a root in place of the key manager",
            conda: .stops,
            mamba: .stops,
            saying: "claims to be of type"
        ) {
            $0.keyManager.set("type", "root")
        },
        ClientCase("a key manager of other text than ASCII", conda: .trusted, mamba: .stops) {
            $0.keyManager.set("comment", "ä")
        },
        ClientCase("a key manager that is no JSON", conda: .stops, mamba: .stops) {
            $0.extra["key_mgr.json"] = Array("{".utf8)
        },
    ]

    /// Reference 1.5, 3.3 and 4.6: chains of roots.
    static let roots: [ClientCase] = [
        ClientCase("a second root by the old keys and its own", conda: .trusted, mamba: .trusted) {
            try $0.serveRoot(keys: [$0.stranger], by: [$0.rootKey, $0.stranger])
        },
        ClientCase("a second root that the old keys have not signed", conda: .trusted, mamba: .trusted) {
            try $0.serveRoot(keys: [$0.stranger], by: [$0.stranger])
        },
        ClientCase("a second root that its own keys have not signed", conda: .trusted, mamba: .stops) {
            try $0.serveRoot(keys: [$0.stranger], by: [$0.rootKey])
        },
        ClientCase("a second root with raw signatures", conda: .trusted, mamba: .trusted) {
            try $0.serveRoot(by: [$0.rootKey], wrapped: false)
        },
        ClientCase("a third root for a second", conda: .trusted, mamba: .stops, saying: "exactly N+1") {
            try $0.serveRoot(version: 3, by: [$0.rootKey])
        },
        ClientCase("the first root for a second", conda: .trusted, mamba: .stops, saying: "rollback") {
            try $0.serveRoot(version: 1, by: [$0.rootKey])
        },
        ClientCase("a third root and no second", conda: .trusted, mamba: .trusted) {
            try $0.serveRoot("3.root.json", version: 3, keys: [$0.stranger], by: [$0.rootKey, $0.stranger])
        },
        ClientCase("a root that is no JSON", conda: .trusted, mamba: .stops) {
            $0.extra["2.root.json"] = Array("<html>".utf8)
        },
        ClientCase("a name that mamba asks for and refuses", conda: .trusted, mamba: .stops, saying: "'0.6'")
        {
            try $0.serveRoot("2.sv0.6.root.json", by: [$0.rootKey])
        },
        ClientCase("a name for an upgrade, without one", conda: .trusted, mamba: .trusted) {
            try $0.serveRoot("2.sv1.root.json", by: [$0.rootKey])
        },
    ]

    /// Reference 4.5: records that are signed in full only, or in both forms.
    static let forms: [ClientCase] = [
        ClientCase("signed in full only", conda: .trusted, mamba: .stops, saying: "which is not the record") {
            $0.signatures = try fullOnly($0)
        },
        ClientCase("signed in full, and nothing else in it", conda: .trusted, mamba: .trusted) {
            for key in ["license_family"] { $0.record.set(key, nil) }
            $0.record.set("timestamp", 1_700_000_000)
            $0.signatures = try fullOnly($0)
        },
        ClientCase("text other than ASCII, signed in full only", conda: .trusted, mamba: .stops) {
            $0.record.set("license_family", nil)
            $0.record.set("timestamp", 1)
            $0.record.set("license", "ä")
            $0.signatures = try fullOnly($0)
        },
        ClientCase("a spec that the solver rewrites, signed in full only", conda: .trusted, mamba: .stops) {
            $0.record.set("license_family", nil)
            $0.record.set("timestamp", 1)
            $0.record.set("depends", ["python>=3.6"])
            $0.signatures = try fullOnly($0)
        },
        ClientCase(
            "a record without a build number",
            conda: .trusted,
            mamba: .stops,
            saying: "`build_number`"
        ) {
            $0.record.set("build_number", nil)
        },
        ClientCase("a python beside a pip", conda: .trusted, mamba: .trusted) {
            $0.record.set("name", "python")
            $0.index = MambaForm.Index(subdir: "linux-64", listsPip: true)
        },
    ]

    private static func fullOnly(_ scene: ClientScene) throws -> JSONValue {
        let data = try PythonJSON.encode(scene.record, of: "test")
        let name = ClientScene.name(scene.fullKey)
        return .object(.init(of: [name: try ClientScene.signature(data, scene.fullKey, wrapped: false)]))
    }
}
