// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats

extension HostileArchive {
    /// Compressed data that is damaged, hides something, or explodes.
    static let compression: [HostileArchive] = [
        HostileArchive(.compressionCorrupt, "something that is not bzip2", fileName: "a-1-0.tar.bz2") { [0] },
        HostileArchive(.compressionCorrupt, "damaged bzip2", fileName: "a-1-0.tar.bz2") {
            var bytes = try PackageBuilder.bzip2(RawPackage().whole)
            bytes[20] ^= 1
            return bytes
        },
        HostileArchive(.compressionCorrupt, "something that is not zstd") { try payload([0]) },
        HostileArchive(.compressionCorrupt, "a skippable frame, which hides data") {
            try payload([0x50, 0x2A, 0x4D, 0x18, 1, 0, 0, 0, 0] + Zstd.compress(TarWriter().finished()))
        },
        HostileArchive(.trailingData, "a second zstd frame, which some readers never see") {
            try payload(
                Zstd.compress(TarWriter().finished()) + Zstd.compress([UInt8](repeating: 0, count: 512))
            )
        },
        HostileArchive(.trailingData, "a skippable frame at the end") {
            try payload(Zstd.compress(TarWriter().finished()) + [0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0])
        },
        HostileArchive(.trailingData, "data after the bzip2 stream", fileName: "a-1-0.tar.bz2") {
            try PackageBuilder.bzip2(RawPackage().whole) + [0]
        },
        HostileArchive(.truncated, "an empty file as bzip2", fileName: "a-1-0.tar.bz2") { [] },
        HostileArchive(.truncated, "half a bzip2 stream", fileName: "a-1-0.tar.bz2") {
            try PackageBuilder.bzip2(RawPackage().whole).dropLast(4)
        },
        HostileArchive(.truncated, "half a zstd frame") {
            try payload(Zstd.compress(TarWriter().finished()).dropLast(3))
        },
        HostileArchive(.truncated, "an empty payload member") { try payload([]) },
        HostileArchive(.bomb, "zstd that grows a hundred times", limits: ratio) {
            try RawPackage { $0.add(.file, "a", content: [UInt8](repeating: 0, count: 1 << 20)) }.conda()
        },
        HostileArchive(.bomb, "bzip2 that grows a hundred times", fileName: "a-1-0.tar.bz2", limits: ratio) {
            try PackageBuilder.bzip2([UInt8](repeating: 0, count: 1 << 20))
        },
        HostileArchive(.tooLarge, "more than the limit unpacked", limits: unpacked) {
            try RawPackage().conda()
        },
    ]

    private static let ratio: ArchiveLimits = {
        var limits = ArchiveLimits()
        limits.ratio = 10
        limits.ratioAppliesFrom = 1 << 16
        return limits
    }()

    private static let unpacked: ArchiveLimits = {
        var limits = ArchiveLimits()
        limits.unpackedBytes = 1024
        return limits
    }()

    private static func payload(_ compressed: [UInt8]) throws -> [UInt8] {
        try RawPackage().conda { $0[1].content = compressed }
    }
}
