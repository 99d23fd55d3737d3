// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Things that a server's administration answered with, as a table.
struct AdministrationTable {
    private var table: TextTable
    private let isEmpty: Bool

    /// - Parameters:
    ///   - member: the member of the answer that has them.
    ///   - row: the cells of one.
    init(_ header: [String], _ answer: JSONObject, _ member: String, row: (JSONObject) -> [String]) {
        let things = answer[member]?.array?.compactMap(\.object) ?? []
        table = TextTable(header)
        for thing in things { table.add(row(thing)) }
        isEmpty = things.isEmpty
    }

    func say(on console: Console) {
        guard !isEmpty else { return console.remark("none") }
        for line in table.lines { console.say("\(line)") }
    }
}

extension JSONObject {
    /// A member's text; something else where it is not there, or null.
    func text(_ member: String, otherwise: String = "-") -> String {
        self[member]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? otherwise
    }
}
