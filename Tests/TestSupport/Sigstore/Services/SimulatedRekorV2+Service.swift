// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import SigningKeys
internal import Sigstore
package import TrustCore

/// The log as a service (Rekor's API, version 2): one kind of entry goes in, and what is in it is read as tiles (C2SP
/// tlog-tiles).
extension SimulatedRekorV2 {
    private static let tileWidth = 256

    /// Answers a request, and takes in what it asks to.
    package mutating func answer(_ request: LoopbackRequest, at now: Timestamp) throws -> ServerBehaviour {
        let path = request.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst(3)
        switch (request.method, path.map { String($0) }) {
        case ("POST", ["log", "entries"]): return try add(JSONFields(request: request.body), at: now)
        case ("GET", ["checkpoint"]): return .bytes(try checkpoint().encoded(), "text/plain; charset=utf-8")
        case ("GET", let parts) where parts.first == "tile" && parts.count >= 3:
            guard let tile = try tile(parts[1], Array(parts.dropFirst(2))) else {
                throw SimulatedServiceRefusal(404, "Not Found")
            }
            return .bytes(tile, "application/octet-stream")
        default: throw SimulatedServiceRefusal(404, "Not Found")
        }
    }

    private mutating func add(_ request: JSONFields, at now: Timestamp) throws -> ServerBehaviour {
        guard let proposed = try request.optionalFields("hashedRekordRequestV002") else {
            throw SimulatedServiceRefusal(400, "invalid type, must be hashedrekord")
        }
        let body = try SimulatedLogBody(Self.signature(proposed), as: .hashedRekordV002)
        if let index = leaves.firstIndex(of: body.bytes) {
            let message = "an equivalent entry already exists in the transparency log with index \(index)"
            throw SimulatedServiceRefusal(409, message)
        }
        cosignatureTime = now
        return .json(Self.shown(try add(body)), status: 201)
    }

    /// The entry as this service writes it: also what has no value is there.
    private static func shown(_ entry: LogEntry) -> JSONValue {
        var object = JSONObject()
        for member in entry.encodedValue().object?.members ?? [] {
            object[member.key] = member.value
            guard member.key == "kindVersion" else { continue }
            object["integratedTime"] = "0"
            object["inclusionPromise"] = .null
        }
        return .object(object)
    }

    /// Reads and verifies what shall be logged.
    private static func signature(_ proposed: JSONFields) throws -> LoggedSignature {
        let refusal = SimulatedServiceRefusal(400, "invalid hashedrekord request")
        let signature = try proposed.fields("signature")
        let verifier = try signature.fields("verifier")
        let signer: LoggedSignature.Signer
        if let certificate = try verifier.optionalFields("x509Certificate")?.bytes("rawBytes") {
            signer = .certificate(certificate, key: try SigningCertificate(der: certificate).publicKey)
        } else {
            let key = try verifier.fields("publicKey").bytes("rawBytes")
            signer = .key(try VerificationKey(subjectPublicKeyInfo: key))
        }
        guard ByteKey.areEqual(try verifier.string("keyDetails"), signer.key.algorithm.rawValue),
            let algorithm = signer.key.algorithm.digest,
            let digest = Digest(algorithm, bytes: try proposed.bytes("digest")),
            signer.key.isValid(signature: try signature.bytes("content"), for: digest)
        else { throw refusal }
        return LoggedSignature(
            signature: try signature.bytes("content"),
            signer: signer,
            content: .message(digests: [digest])
        )
    }

    /// The hashes or the entries of a tile, full or with as many as there are; nil for one that is not there.
    ///
    /// - Parameter parts: its number in groups of three digits, all but the last marked with `x`, and `p` with the
    ///   width of a part.
    private func tile(_ level: String, _ parts: [String]) throws -> [UInt8]? {
        var groups = parts
        var width = Self.tileWidth
        if groups.count > 1, groups[groups.count - 2].hasSuffix(".p"), let part = Int(groups.removeLast()) {
            width = part
            groups[groups.count - 1].removeLast(2)
        }
        let digits = groups.joined().filter { $0 != "x" }
        guard let number = Int(digits), number < 1 << 24, (1...Self.tileWidth).contains(width) else {
            return nil
        }
        let first = number * Self.tileWidth
        if level == "entries" {
            guard first + width <= leaves.count else { return nil }
            return leaves[first..<first + width].flatMap { leaf in
                [UInt8(truncatingIfNeeded: leaf.count >> 8), UInt8(truncatingIfNeeded: leaf.count)] + leaf
            }
        }
        guard let height = Int(level), (0...2).contains(height) else { return nil }
        let size = (0..<height).reduce(1) { size, _ in size * Self.tileWidth }
        guard (first + width) * size <= leaves.count else { return nil }
        return (first..<first + width).flatMap { place in
            var subtree = MerkleTree()
            for leaf in leaves[place * size..<(place + 1) * size] { subtree.append(leaf) }
            return subtree.root
        }
    }
}
