// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation

/// Real packages, metadata and bundles made by others. They stand beside the checkout, not in it:
/// a test that needs them skips visibly without them, by `.enabled(if: SharedData.isPresent, …)`.
public enum SharedData {
    /// The folder, whether it is there or not: `KINGSNAKE_SHARED_DATA`, or `../shared/data` beside the checkout.
    public static let root: String =
        ProcessInfo.processInfo.environment["KINGSNAKE_SHARED_DATA"]
        ?? checkout + "/../shared/data"

    /// The checkout's own folder.
    public static let checkout: String = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// Whether the data is there.
    public static let isPresent = FileManager.default.fileExists(atPath: root + "/conda/SOURCES.md")

    /// The bytes of one of the files.
    public static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: root + "/" + path)))
    }

    /// The names of the folders in one of the folders, in no order.
    public static func folders(_ path: String) throws -> [String] {
        let folder = URL(fileURLWithPath: root + "/" + path)
        return try FileManager.default.contentsOfDirectory(
            at: folder,
            includingPropertiesForKeys: [.isDirectoryKey]
        )
        .filter { try $0.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true }.map(
            \.lastPathComponent
        )
    }

    /// What a skipped test says.
    public static let absence: String = "the shared test data is not beside this checkout"
}
