// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import DurableFiles
import SigningKeys
import TUF
import TrustCore

/// Makes a repository of so many targets, in hash bins or flat.
///
/// Bins are filled some hundreds at a time, by editors that read no others: two and a half million targets
/// never are in memory at once.
struct TUFBuildJob {
    let folder: String
    let key: String
    let count: Int
    /// How many bits choose the bin; 0 for no bins.
    let bitLength: Int
    private static let batch = 1024

    /// The number of targets.
    func run() async throws -> String {
        try Folder.create(folder, mode: 0o755)
        let signer = try TUFInputs.key(key)
        let setup = RoleSetup([signer.publicKey])
        var editor = try RepositoryEditor(root: setup, timestamp: setup, snapshot: setup, targets: setup)
        if bitLength > 0 {
            guard let prefix = RoleName("bins") else { throw Failure(.configuration, "no role name") }
            try editor.delegateToBins(prefix: prefix, bitLength: bitLength, keys: setup)
        } else {
            for number in 0..<count {
                let path = try TUFInputs.path(number)
                try editor.setTarget(path, to: TUFInputs.file(path), in: .targets)
            }
        }
        try await publish(&editor, by: signer)
        if bitLength > 0 { try await fillBins(signer) }
        return "\(count)"
    }

    private func fillBins(_ signer: PrivateKey) async throws {
        var places = try (0..<count).map { number in
            let leading = try TUFInputs.path(number).hash.bytes.prefix(4).reduce(UInt32(0)) {
                $0 << 8 | UInt32($1)
            }
            return (bin: leading >> UInt32(32 - bitLength), number: number)
        }
        places.sort { $0.bin < $1.bin }
        let root = try TUFInputs.read(folder + "/1.root.json")
        var next = places[...]
        while let first = next.first {
            let batch = next.prefix { $0.bin < first.bin + UInt32(Self.batch) }
            next = next.dropFirst(batch.count)
            var editor = try RepositoryEditor(onDemand: root) { [folder] name in
                try DurableFile.read(folder + "/" + name, maximumLength: 1 << 30)
            }
            for place in batch {
                let path = try TUFInputs.path(place.number)
                try editor.setTarget(path, to: TUFInputs.file(path), in: editor.role(for: path))
            }
            try await publish(&editor, by: signer)
        }
    }

    private func publish(_ editor: inout RepositoryEditor, by signer: PrivateKey) async throws {
        editor.lifetimes = TUFInputs.lifetimes
        for file in try await editor.publish(signers: [signer], now: TUFInputs.made) {
            try RawFile.write(file.bytes, to: folder + "/" + file.name)
            if file.version > 1, file.role.topLevelKind == nil {
                RawFile.remove(folder + "/\(file.version - 1).\(file.role.encoded).json")
            }
        }
    }
}
