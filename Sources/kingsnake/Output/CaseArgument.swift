// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

/// One of a library's named values, by its name; `--help` and completion list them all.
struct CaseArgument<Value>: ExpressibleByArgument, Sendable
where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
    let value: Value

    init?(argument: String) {
        guard let value = Value(rawValue: argument) else { return nil }
        self.value = value
    }

    var name: String { value.rawValue }
    var defaultValueDescription: String { name }
    static var allValueStrings: [String] { Value.allCases.map(\.rawValue) }
}
