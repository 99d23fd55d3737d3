// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import NIOPosix
internal import TrustCore

extension PackageFacts {
    /// What a package says that was inspected: from ``ArchiveSummary/infoFiles``.
    ///
    /// A file that is no JSON object is as good as none: other programs read what we write of it.
    init(infoFiles: [String: [UInt8]]) {
        runExports = Self.object(infoFiles["info/run_exports.json"]) ?? Array("{}".utf8)
        about = Self.object(infoFiles["info/about.json"])
    }

    private static func object(_ bytes: [UInt8]?) -> [UInt8]? {
        guard let bytes, let object = try? JSONReader.read(bytes, of: "a file of the package").object else {
            return nil
        }
        return JSONWriter.encode(.object(object.sorted))
    }

    /// Reads a package that is kept here.
    ///
    /// - Returns: nil if its bytes are not on this machine; facts without content if it is no package that
    ///   can be read.
    /// - Throws: a `Failure` of the disk.
    static func read(_ file: HostedFile, in blobs: any BlobStore) async throws -> PackageFacts? {
        guard let path = blobs.localPath(of: file.sha256) else { return nil }
        let name = file.fileName
        return try await NIOThreadPool.singleton.runIfActive {
            do {
                let summary = try PackageArchiveReader.read(
                    FileSource(path),
                    fileName: name,
                    withMD5: false,
                    into: DiscardingVisitor()
                )
                return PackageFacts(infoFiles: summary.infoFiles)
            } catch is Refusal {
                return PackageFacts(runExports: nil, about: nil)
            }
        }
    }
}
