// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SigningKeys
internal import TUF
package import TrustCore

/// The repository through which clients learn what to trust of a simulated instance (TUF, as Sigstore has it): metadata
/// in its folder, targets below it in `targets`.
package struct SimulatedTrustRepository: Sendable {
    private let folder: TemporaryFolder
    private let path: String
    private var editor: RepositoryEditor
    private let signers: [PrivateKey]

    /// Starts an empty repository with new keys.
    ///
    /// - Parameter path: where in the folder it is written.
    package init(in folder: TemporaryFolder, at path: String) throws {
        let keys = try (0..<4).map { _ in try PrivateKey.generate(.ecdsaP256) }
        let setups = keys.map { RoleSetup([$0.publicKey], threshold: 1) }
        self.folder = folder
        self.path = path
        signers = keys
        editor = try RepositoryEditor(
            root: setups[0],
            timestamp: setups[1],
            snapshot: setups[2],
            targets: setups[3]
        )
    }

    /// Publishes files in the place of those of the same names.
    package mutating func publish(_ files: [String: [UInt8]], at now: Timestamp) async throws {
        for (name, bytes) in files.sorted(by: { $0.key < $1.key }) {
            guard let target = TargetPath(name) else { throw Failure(.configuration, "no target: \(name)") }
            let file = TargetFile(of: bytes)
            try editor.setTarget(target, to: file, in: .targets)
            try folder.write(bytes, to: "\(path)/targets/" + target.prefixed(by: file.hashes.digests[0]))
        }
        for file in try await editor.publish(signers: signers, now: now) {
            try folder.write(file.bytes, to: "\(path)/\(file.name)")
        }
    }

    /// The first root, which clients begin with.
    package func firstRoot() throws -> [UInt8] { try folder.read("\(path)/1.root.json") }
}
