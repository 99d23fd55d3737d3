// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import TrustCore

extension DemoWorld {
    /// The URL of the folder that has no TUF metadata. Nothing answers there either.
    static let plainURL = "https://conda.example.org/plain"

    /// A folder whose index another program keeps.
    var plain: String { folder + "/plain" }
    var plainKeys: String { folder + "/plain.keys" }
    var plainRoot: String { plainKeys + "/trust-root.json" }
    private var plainIndex: String { plain + "/linux-64/repodata.json" }

    /// Makes the folder as an indexer leaves it, without signatures.
    func makePlainFolder() throws {
        try write(try read(channel + "/linux-64/repodata.json"), to: plainIndex)
        for version in ["1.0", "1.1"] {
            let file = "/linux-64/hello-\(version)-0.conda"
            try write(try read(channel + file), to: plain + file)
        }
    }

    /// What we, conda and mamba say of the packages where a mirror serves the index changed.
    func verdicts(on attack: RecordAttack) async throws -> RecordAttack.Verdicts {
        let mirror = folder + "/plain-mirror"
        try copy(plain, to: mirror)
        try write(try attack.altered(try read(plainIndex)), to: mirror + "/linux-64/repodata.json")
        return RecordAttack.Verdicts(
            kingsnake: try await ourVerdict(servedFrom: mirror),
            conda: try verdict(of: "conda", on: mirror),
            mamba: try verdict(of: "mamba", on: mirror)
        )
    }

    private func ourVerdict(servedFrom mirror: String) async throws -> String {
        let server = try await LoopbackServer.start(serving: mirror)
        let package = Self.plainURL + "/linux-64/hello-1.1-0.conda"
        let result = try kingsnake.runBlocking(["verify", package, "--mirror", server.url, "--json"])
        await server.stop()
        return result.status == 0 ? "verified" : "refused \(result.refusalCode ?? "for no reason")"
    }

    /// The same of each package, so the first finding tells.
    private func verdict(of client: String, on mirror: String) throws -> String {
        let result = try kingsnake.runBlocking(
            ["content-trust", "verify", mirror, "--root", plainRoot, "--as", client, "--json"]
        )
        guard result.status != 0 else { return "trusted, installed" }
        let subdir = try result.json()["subdirs"]?.array?.first?.object
        guard let finding = subdir?["findings"]?.array?.first?.object,
            let outcome = finding["outcome"]?.string, finding["installs"] == .bool(true)
        else { return "not installed" }
        return "\(outcome), installed"
    }
}
