// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats

/// The least that is a package named `a-1-0`, of parts that nobody checks.
public struct RawPackage: Sendable {
    /// The payload's tar data without its end.
    public var payload = TarWriter()
    /// The info part's tar data without its end.
    public var info = TarWriter()

    /// An `info/index.json` for a platform.
    public static func index(subdir: String) -> [UInt8] {
        Array(
            #"{"name":"a","version":"1","build":"0","build_number":0,"depends":[],"subdir":"\#(subdir)"}"#
                .utf8
        )
    }

    /// An element of `paths` for a file, of these bytes.
    public static func path(_ name: String, _ kind: String = "hardlink") -> String {
        #"{"_path":"\#(name)","path_type":"\#(kind)"}"#
    }

    /// Makes the parts.
    ///
    /// - Parameters:
    ///   - paths: the elements of `paths` in `info/paths.json`, as text.
    ///   - subdir: the platform in `info/index.json`; without it there is no such file.
    ///   - payload: writes the payload.
    public init(
        paths: String = "",
        subdir: String? = nil,
        payload write: (inout TarWriter) -> Void = { _ in }
    ) {
        let manifest = Array(#"{"paths":[\#(paths)],"paths_version":1}"#.utf8)
        if let subdir { info.add(.file, "info/index.json", content: Self.index(subdir: subdir)) }
        info.add(.file, "info/paths.json", content: manifest)
        write(&payload)
    }

    /// The three members of the `.conda` file.
    public func members() throws -> [ZipWriter.Member] {
        [
            ZipWriter.Member("metadata.json", Array(#"{"conda_pkg_format_version": 2}"#.utf8)),
            ZipWriter.Member("pkg-a-1-0.tar.zst", try Zstd.compress(payload.finished())),
            ZipWriter.Member("info-a-1-0.tar.zst", try Zstd.compress(info.finished())),
        ]
    }

    /// As a `.conda` file.
    ///
    /// - Parameter edit: changes the members before they are put together.
    public func conda(_ edit: (inout [ZipWriter.Member]) -> Void = { _ in }) throws -> [UInt8] {
        var members = try members()
        edit(&members)
        return ZipWriter.archive(members)
    }

    /// As the tar data of a `.tar.bz2` file, without its end.
    public var whole: [UInt8] { payload.bytes + info.bytes }
}
