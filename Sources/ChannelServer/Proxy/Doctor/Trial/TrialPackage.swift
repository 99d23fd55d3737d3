// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// A package of a trial: one small file for any platform, without scripts and without dependencies.
struct TrialPackage {
    static let name = "kingsnake-doctor"
    static let version = "1.0"
    /// The file's path in an environment.
    static let path = "share/kingsnake-doctor.txt"
    /// What a client is told to install.
    static let spec = "\(name)=\(version)"
    private static let stem = "\(name)-\(version)-0"
    static let fileName = "\(stem).conda"
    /// 2026-01-01: old enough for every cooldown that a client may have of its own.
    private static let built: Int64 = 1_767_225_600_000

    /// The package's bytes.
    let bytes: [UInt8]
    /// Its record for an index.
    let record: PackageRecord

    /// Makes a package.
    ///
    /// - Parameters:
    ///   - text: what is in its file.
    ///   - attestations: the digest of the attestations that the index promises; nil for none.
    init(holding text: String, attestations: Digest? = nil) throws {
        let content = Array(text.utf8)
        let index = Self.index
        let paths: JSONValue = [
            "paths": [
                [
                    "_path": .string(Self.path), "path_type": "hardlink",
                    "sha256": .string(Digest.of(content).hex),
                    "size_in_bytes": .number(JSONNumber(Int64(content.count))),
                ]
            ], "paths_version": 1,
        ]
        let info = [
            ("info/index.json", JSONWriter.encode(.object(index))),
            ("info/paths.json", JSONWriter.encode(paths)),
            ("info/files", Array("\(Self.path)\n".utf8)),
        ]
        bytes = Self.zip([
            ("metadata.json", Array(#"{"conda_pkg_format_version": 2}"#.utf8)),
            ("pkg-\(Self.stem).tar.zst", try Zstd.compress(Self.tar([(Self.path, content)]))),
            ("info-\(Self.stem).tar.zst", try Zstd.compress(Self.tar(info))),
        ])
        var record = index
        record["md5"] = .string(Digest.of(bytes, by: .md5).hex)
        record["sha256"] = .string(Digest.of(bytes).hex)
        record["size"] = .number(JSONNumber(Int64(bytes.count)))
        record["attestations_sha256"] = attestations.map { .string($0.hex) }
        self.record = try PackageRecord(
            .object(record),
            fileName: Self.fileName,
            subdir: Subdir("noarch")
        )
    }

    private static var index: JSONObject {
        var index = JSONObject()
        index["name"] = .string(name)
        index["version"] = .string(version)
        index["build"] = "0"
        index["build_number"] = 0
        index["depends"] = .array([])
        index["noarch"] = "generic"
        index["subdir"] = "noarch"
        index["timestamp"] = .number(JSONNumber(built))
        return index
    }

    // MARK: Archives

    /// A tar archive of plain files.
    private static func tar(_ files: [(name: String, content: [UInt8])]) -> [UInt8] {
        var bytes: [UInt8] = []
        for file in files {
            var block = [UInt8](repeating: 0, count: 512)
            func put(_ text: String, at offset: Int) {
                block.replaceSubrange(offset..<(offset + text.utf8.count), with: text.utf8)
            }
            put(file.name, at: 0)
            put("0000644", at: 100)
            put("0000000", at: 108)
            put("0000000", at: 116)
            put(octal(file.content.count, 11), at: 124)
            put("00000000000", at: 136)
            put("0", at: 156)
            put("ustar\u{0}00", at: 257)
            put("        ", at: 148)
            put(octal(block.reduce(0) { $0 + Int($1) }, 6) + "\u{0}", at: 148)
            bytes += block + file.content
            bytes += repeatElement(0, count: (512 - file.content.count % 512) % 512)
        }
        return bytes + [UInt8](repeating: 0, count: 1024)
    }

    private static func octal(_ number: Int, _ width: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    /// A zip archive of stored members.
    private static func zip(_ members: [(name: String, content: [UInt8])]) -> [UInt8] {
        var bytes: [UInt8] = [], directory: [UInt8] = []
        for member in members {
            let length = little(UInt32(member.content.count))
            // 1980-01-01, no compression.
            let common =
                little(UInt16(20)) + little(UInt32(0)) + little(UInt32(0x21 << 16))
                + little(crc(member.content))
                + length + length + little(UInt16(member.name.utf8.count)) + little(UInt16(0))
            let offset = little(UInt32(bytes.count))
            bytes += [0x50, 0x4B, 3, 4] + common + Array(member.name.utf8) + member.content
            directory += [0x50, 0x4B, 1, 2] + little(UInt16(20)) + common
            directory += [UInt8](repeating: 0, count: 10) + offset + Array(member.name.utf8)
        }
        let count = little(UInt16(members.count)), start = little(UInt32(bytes.count))
        return bytes + directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + count + count
            + little(UInt32(directory.count)) + start + [0, 0]
    }

    private static func little(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { value, byte in
            (0..<8).reduce(value ^ UInt32(byte)) { value, _ in
                value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
            }
        }
    }
}
