// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import TrustCore

/// What a server says of a channel's signatures, for people.
struct HostedSigningReport {
    private let report: JSONObject
    private let now: Timestamp

    init(_ report: JSONObject, now: Timestamp) {
        self.report = report
        self.now = now
    }

    /// What a channel's signatures are worth: `unsigned`, `signed`, `incomplete` or `expired`.
    var state: String { report.text("state") }
    var isUnsigned: Bool { ByteKey.areEqual(state, "unsigned") }

    private func objects(_ member: String) -> [JSONObject] {
        report[member]?.array?.compactMap(\.object) ?? []
    }

    /// The online keys, and whether metadata in force name them.
    var onlineKeys: [(fingerprint: String, isInForce: Bool)] {
        objects("online_keys").map { ($0.text("fingerprint"), $0["in_force"] == true) }
    }

    func lines(of channel: String) -> [String] {
        var lines = ["`\(channel)` is \(words)"]
        if let root = report["root_sha256"]?.string { lines.append("sha256 of its first root: \(root)") }
        lines += table(["ROLE", "VERSION", "EXPIRES", ""], objects("roles")) { role in
            let expires = role["expires"]?.string.flatMap { Timestamp($0) }
            return [
                role.text("role"), "\(role["version"]?.integer ?? 0)", role.text("expires"),
                expires.map { ChannelStatus.remaining(until: $0, at: now) } ?? "",
            ]
        }
        lines += table(["SUBDIR", "SIGNED", "INDEX"], objects("subdirs")) { subdir in
            [
                subdir.text("subdir"), subdir["signed"] == true ? "yes" : "no",
                subdir["lagging"] == true ? "being made" : "made",
            ]
        }
        if !objects("maintainers").isEmpty { lines += maintainersLines }
        lines += table(["ONLINE KEY", "", "SHA-256"], objects("online_keys")) { key in
            [
                key.text("scheme"), key["in_force"] == true ? "in force" : "not in force",
                key.text("fingerprint"),
            ]
        }
        return lines
    }

    /// The packages that their maintainers sign.
    var maintainersLines: [String] {
        let packages = objects("maintainers")
        guard !packages.isEmpty else {
            return ["every package is vouched for by the online key, through the index"]
        }
        return table(["PACKAGE", "MAINTAINERS' LIST", "SIGNERS", "EXPIRES", "FILES"], packages) { package in
            [
                package.text("package"),
                package["version"]?.integer.map { "version \($0)" } ?? "awaited",
                "\(package["threshold"]?.integer ?? 0) of \(package["keyids"]?.array?.count ?? 0)",
                package.text("expires"), "\(package["files"]?.integer ?? 0)",
            ]
        }
    }

    private func table(_ header: [String], _ rows: [JSONObject], cells: (JSONObject) -> [String]) -> [String]
    {
        guard !rows.isEmpty else { return [] }
        var table = TextTable(header)
        for row in rows { table.add(cells(row)) }
        return table.lines
    }

    private var words: String {
        switch state {
        case "unsigned":
            "not signed: nobody vouches for its index until offline keys have signed a first root"
        case "signed": "signed"
        case "incomplete":
            "signed, but there is something for offline keys to sign: a subdir, or a role that expires"
        case "expired": "expired: clients refuse it"
        default: state
        }
    }
}
