// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Gatekeeper
import TrustCore

/// Every refusal code the program knows, by area. `docs/refusals.md` and `kingsnake explain` are made from it.
enum RefusalCatalog {
    /// One area's codes, in the order of their enum.
    struct Area {
        let title: String
        let codes: [any RefusalCode]
    }

    static let areas: [Area] = [
        area("Bytes and JSON", CoreCode.self),
        area("Trust and admission", GateCode.self),
    ]

    static var all: [any RefusalCode] { areas.flatMap(\.codes) }

    static func code(named name: String) -> (any RefusalCode)? { all.first { $0.rawValue == name } }

    private static func area<Code: RefusalCode>(_ title: String, _: Code.Type) -> Area {
        Area(title: title, codes: Array(Code.allCases))
    }
}
