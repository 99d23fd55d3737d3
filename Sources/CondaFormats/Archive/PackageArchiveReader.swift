// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

/// Reads and inspects a package, `.conda` or `.tar.bz2`, in one pass over its bytes.
public enum PackageArchiveReader {
    /// Reads a package to its last byte: container, checksums, every entry's name and kind, the digest of
    /// every file, and the comparison with the package's own manifest. Entries go to the visitor once they
    /// are inspected.
    ///
    /// Not checked here: that anybody vouches for the package, and that it is the one its file name says.
    ///
    /// - Parameter withMD5: whether to take the MD5 as well, which indexes carry for old clients. It costs as
    ///   much time as all else together.
    /// - Throws: a `Refusal` with an `archive.…`, `package.…` or `json.…` code; then what the visitor was
    ///   given is worth nothing.
    public static func read(
        _ source: any ArchiveSource,
        fileName: ArchiveFileName,
        limits: ArchiveLimits = ArchiveLimits(),
        withMD5: Bool = true,
        into visitor: any ArchiveVisitor
    ) throws -> ArchiveSummary {
        let inspector = PackageInspector(fileName: fileName, limits: limits, visitor: visitor)
        let sink = DirectSink(inspector)
        let digests = try PackageUnpacker.unpack(
            source,
            fileName: fileName,
            limits: limits,
            withMD5: withMD5,
            into: sink
        )
        return try inspector.finish(digests)
    }

    /// Reads and inspects a package file without unpacking it.
    public static func check(
        archivePath: String,
        fileName: ArchiveFileName,
        limits: ArchiveLimits = ArchiveLimits()
    ) throws -> ArchiveSummary {
        try read(FileSource(archivePath), fileName: fileName, limits: limits, into: DiscardingVisitor())
    }
}

/// Inspects on the thread that decompresses.
final class DirectSink: UnpackedSink {
    private let inspector: PackageInspector
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)

    init(_ inspector: PackageInspector) { self.inspector = inspector }

    deinit { buffer.deallocate() }

    func begin(_ part: ArchivePart) { inspector.begin(part) }
    func space() -> UnsafeMutableRawBufferPointer { buffer }
    func commit(_ count: Int) throws {
        try inspector.consume(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
    func end() throws { try inspector.end() }
}
