// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import Testing
import TrustCore

/// What Kingsnake unpacks, beside what conda-package-handling and py-rattler unpack from the same file.
@Suite(
    "Unpacked trees beside the peers'",
    .enabled(if: SharedData.isPresent, "\(SharedData.absence)"),
    .enabled(if: ExtractionPeers.arePresent, "KINGSNAKE_PEERS does not name what `scripts/peers` makes")
)
struct ExtractionInteropTests {
    @Test(
        "Names, bytes, modes and links are those that each peer gives",
        arguments: SharedPackage.good,
        ["cph", "rattler"]
    )
    func equal(_ package: SharedPackage, peer: String) throws {
        guard ExtractionPeers.cannot[peer]?.contains(package.path) != true else { return }
        let folder = try TemporaryFolder()
        let ours = try ExtractionPeers.ours(package.absolutePath, folder.path + "/ours")
        let theirs = try ExtractionPeers.peer(peer, package.absolutePath, folder.path + "/theirs")
        #expect(Set(ours.keys) == Set(theirs.keys))
        for (path, entry) in ours where theirs[path] != entry {
            let isKnown = theirs[path].map { ExtractionPeers.isDeliberate(entry, $0, peer) } ?? false
            #expect(isKnown, "\(path): ours \(entry), theirs \(String(describing: theirs[path]))")
        }
    }

    @Test(
        "Malformed packages that a peer accepts are still refused",
        arguments: SharedPackage.malformed.keys.sorted()
    )
    func refused(_ path: String) throws {
        let folder = try TemporaryFolder()
        #expect(throws: (any Error).self) {
            try ExtractionPeers.ours("\(SharedData.root)/conda/\(path)", folder.path + "/ours")
        }
    }
}

/// Runs the three programs with umask 0, under which all give the archive's own modes.
private enum ExtractionPeers {
    typealias Tree = [String: [String: String]]

    static let arePresent = FileManager.default.isExecutableFile(atPath: python)

    /// Packages that a peer cannot unpack.
    static let cannot: [String: Set<String>] = [:]

    /// Differences that are meant to be there.
    static func isDeliberate(_ ours: [String: String], _ theirs: [String: String], _ peer: String) -> Bool {
        // Archives rarely name folders. The peers make those that are only implied with mode 777 less the umask; ours
        // are never open to other writers, whatever the umask is.
        if ours["type"] == "directory", theirs["type"] == "directory" { return ours["mode"] == "755" }
        return false
    }

    static func ours(_ package: String, _ folder: String) throws -> Tree {
        _ = try run([program, "extract", package, "--to", folder, "--json"])
        return try tree(run([python, "\(scripts)/tree.py", folder]))
    }

    static func peer(_ name: String, _ package: String, _ folder: String) throws -> Tree {
        try tree(run([python, "\(scripts)/extract_tree.py", "--umask", "0", name, package, folder]))
    }

    private static let python = (ProcessInfo.processInfo.environment["KINGSNAKE_PEERS"] ?? "") + "/bin/python"
    private static let scripts = SharedData.checkout + "/scripts/interop"

    /// The built program, which lies where the tests do.
    private static let program: String = {
        #if os(macOS)
            let tests = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
            let folder = tests?.deletingLastPathComponent()
        #else
            let folder = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
        #endif
        return (folder?.path ?? ".") + "/kingsnake"
    }()

    private static func tree(_ text: [UInt8]) throws -> Tree {
        let entries = try JSONReader.read(text, of: "tree").array ?? []
        var tree: Tree = [:]
        for entry in entries {
            var fields: [String: String] = [:]
            for member in entry.object?.members ?? [] {
                fields[member.key] = member.value.string ?? member.value.integer.map(String.init)
            }
            if let path = fields.removeValue(forKey: "path") { tree[path] = fields }
        }
        return tree
    }

    private struct Unsuccessful: Error {
        let words: [String]
        let output: String
    }

    private static func run(_ words: [String]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", #"umask 0; exec "$@""#, "sh"] + words
        process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) {
            $1
        }
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = Array(output.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Unsuccessful(words: words, output: String(decoding: text, as: UTF8.self))
        }
        return text
    }
}
