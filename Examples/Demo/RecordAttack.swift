// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import TrustCore

/// One thing that a mirror does to a channel whose records are signed for conda and mamba, and what each of three
/// clients makes of it: we refuse, conda labels, mamba verifies a dozen fields.
struct RecordAttack {
    /// What three clients say of the same package.
    struct Verdicts: Equatable {
        let kingsnake: String
        let conda: String
        let mamba: String

        /// The cells of the table's row.
        fileprivate var cells: [String] { [kingsnake, conda, mamba] }
    }

    let name: String
    /// What they must say.
    let expected: Verdicts
    /// Changes the signed index, which lists the package that is asked for.
    private let change: @Sendable (inout JSONObject) -> Void

    init(_ name: String, _ expected: Verdicts, change: @escaping @Sendable (inout JSONObject) -> Void) {
        self.name = name
        self.expected = expected
        self.change = change
    }

    /// Everything that is tried; the first one is no attack.
    static let all: [RecordAttack] = [
        RecordAttack(
            "as it was signed",
            Verdicts(kingsnake: "verified", conda: "trusted, installed", mamba: "trusted, installed")
        ) { _ in },
        RecordAttack(
            "another dependency",
            Verdicts(
                kingsnake: "refused content-trust.record-signature",
                conda: "untrusted, installed",
                mamba: "not installed"
            )
        ) { index in
            edit(&index) { $0["depends"] = ["evil"] }
        },
        RecordAttack(
            "another license family",
            Verdicts(
                kingsnake: "refused content-trust.record-signature",
                conda: "untrusted, installed",
                mamba: "trusted, installed"
            )
        ) { index in
            edit(&index) { $0["license_family"] = "GPL" }
        },
        RecordAttack(
            "no signatures",
            Verdicts(
                kingsnake: "refused content-trust.record-unsigned",
                conda: "unsigned, installed",
                mamba: "not installed"
            )
        ) { index in
            index["signatures"] = nil
        },
    ]

    private static func edit(_ index: inout JSONObject, _ change: (inout JSONObject) -> Void) {
        guard var records = index["packages.conda"]?.object else { return }
        for name in records.keys {
            guard var record = records[name]?.object else { continue }
            change(&record)
            records[name] = .object(record)
        }
        index["packages.conda"] = .object(records)
    }

    /// The index as the mirror serves it.
    func altered(_ index: [UInt8]) throws -> [UInt8] {
        guard var object = try JSONReader.read(index, of: "repodata.json").object else {
            throw DemoError("the index is no object")
        }
        change(&object)
        return JSONWriter.encode(.object(object))
    }

    /// The row of the table.
    func line(found: Verdicts) -> String {
        let mark = found == expected ? "" : "NOT AS EXPECTED"
        return Self.row(name, found.cells + [mark])
    }

    /// The first row of the table.
    static let title = row("THE RECORD", ["KINGSNAKE", "CONDA WITH ITS PLUGIN", "MAMBA"])

    private static func row(_ name: String, _ cells: [String]) -> String {
        let columns = zip([name] + cells, [24, 41, 23, 20, 0])
        let row = columns.map { $0.padding(toLength: $1) }.joined()
        return String(row.reversed().drop { $0 == " " }.reversed())
    }
}
