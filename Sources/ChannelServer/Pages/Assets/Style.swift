// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The classes of elements that the stylesheet knows; a test demands that it has a rule for each, and for no other.
enum Style: String, Sendable, CaseIterable {
    // The frame of every page.
    case skip, site, inner, brand, finder
    // Text.
    case lead, soft, command, digest, note
    // Marks of states: always with a word.
    case mark, good, calm, warn, bad
    // Lists.
    case facts, rows, row, title, marks, crumbs, pager, columns, plain, versions
    // The timeline.
    case timeline, verified, stated, missing, basis
    // Tables that are wider than a phone.
    case wide
}
