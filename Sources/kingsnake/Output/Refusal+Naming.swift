// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

extension Refusal {
    /// Does something with a package; a refusal that does not tell which package is made to.
    static func naming<Value>(_ package: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let refusal as Refusal {
            let name = package.split(separator: "/").last.map(String.init) ?? package
            let isNamed = [refusal.subject, refusal.location ?? ""].contains { $0.contains(name) }
            throw isNamed ? refusal : refusal.about(package)
        }
    }
}
