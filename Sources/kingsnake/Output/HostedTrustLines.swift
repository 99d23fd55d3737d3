// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// What a server says of the content trust of a channel, for people.
struct HostedTrustLines {
    private let answer: JSONObject

    init(_ answer: JSONObject) { self.answer = answer }

    func lines(of channel: String) -> [String] {
        var lines: [String] = []
        switch answer.text("state") {
        case "off": lines.append("`\(channel)`: records are not signed")
        case "on": lines.append("`\(channel)`: records are signed")
        case "pending":
            lines.append("`\(channel)`: the index is being made; clients see the change when it is done")
        case "expired":
            lines.append("`\(channel)`: the metadata have run out, and clients refuse the channel")
        case let other: lines.append("`\(channel)`: \(other)")
        }
        for (member, title) in [("root", "root"), ("key_mgr", "key manager")] {
            guard let file = answer[member]?.object else { continue }
            let version = file["version"]?.integer.map { "version \($0), " } ?? ""
            lines.append("\(title): \(version)until \(file.text("expires"))")
        }
        for key in answer["package_keys"]?.array?.compactMap(\.object) ?? [] {
            let isNamed = key["named"] == true
            lines.append("key \(key.text("key")): \(isNamed ? "signs records" : "named by nobody yet")")
        }
        for role in answer["due"]?.array?.compactMap(\.string) ?? [] {
            lines.append("next, have \(role) renewed by its offline keys, and submit it")
        }
        return lines
    }
}
