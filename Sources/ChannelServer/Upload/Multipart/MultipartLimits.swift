// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// How much of a form's frame is read; how much its parts may hold is for their receiver to say.
struct MultipartLimits: Sendable {
    /// Parts.
    var parts = 64
    /// Bytes of a part's header fields.
    var headBytes = 16 << 10
    /// Header fields of a part.
    var fields = 32
    /// Bytes after the last boundary.
    var epilogueBytes = 1 << 10
}
