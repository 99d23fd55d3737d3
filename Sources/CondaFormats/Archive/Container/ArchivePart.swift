// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// The tar streams that a package consists of.
package enum ArchivePart: String, Sendable {
    /// `pkg-….tar.zst`: what is installed.
    case payload
    /// `info-….tar.zst`: what is known about it.
    case info
    /// The one stream of a `.tar.bz2`, which has both.
    case whole
}

/// Takes the decompressed tar streams of a package, piece by piece.
///
/// The decompressor writes straight into the sink's own memory, so that nothing is copied on the way.
package protocol UnpackedSink: AnyObject {
    /// A stream begins.
    func begin(_ part: ArchivePart) throws
    /// Memory for the next bytes, never empty.
    func space() throws -> UnsafeMutableRawBufferPointer
    /// So many bytes were written at the start of what ``space()`` answered last.
    func commit(_ count: Int) throws
    /// The stream is complete.
    func end() throws
}
