// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Trusted publishers of a server, as its administration answers them, for people and for programs.
enum TrustedPublisherReport {
    /// One publisher in one line.
    static func line(_ publisher: JSONObject) -> String {
        let packages = publisher["packages"]?.array?.compactMap(\.string).joined(separator: ", ") ?? ""
        let pending = publisher["pending"] == true ? " (pending)" : ""
        return "\(publisher["id"]?.integer ?? 0)  \(packages)\(pending): \(words(publisher))"
    }

    /// What jobs must be.
    private static func words(_ publisher: JSONObject) -> String {
        let names = [
            ("repository", ""), ("repository_id", "repository "), ("owner_id", "owner "),
            ("subject", "subject "), ("workflow", "workflow "), ("environment", "environment "),
            ("ref", "ref "),
        ]
        var parts = names.compactMap { name, word in publisher[name]?.string.map { word + $0 } }
        if publisher["allow_pull_requests"] == true { parts.append("pull requests too") }
        return parts.joined(separator: ", ") + ", by \(publisher.text("issuer"))"
    }

    /// A document about publishers.
    static func document(_ publishers: [JSONObject]) -> JSONObject {
        var document = JSONObject()
        document["schema"] = 1
        document["status"] = "ok"
        document["publishers"] = .array(publishers.map { .object($0) })
        return document
    }
}
