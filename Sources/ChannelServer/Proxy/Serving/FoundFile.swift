// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes

/// A file that may be passed on: admitted bytes, opened, and how they are presented.
struct FoundFile: Sendable {
    let resource: ServedResource
    let source: BodySource
    /// What the answer says of it besides.
    let fields: [(HTTPField.Name, String)]
    /// The same for those who ask in the same words; nil where it has to be looked for each time.
    var known: RecentPackage?
}
