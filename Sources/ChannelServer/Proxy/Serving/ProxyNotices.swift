// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import HTTPTypes
internal import NIOCore
public import TrustCore

/// What channels' owners tell their users (`notices.json`): nobody's evidence, and passed on as text, within bounds.
///
/// Nobody signs it. It is shown to people by their client, and nothing follows from it.
public struct ProxyNotices: Sendable {
    /// Longer ones are left out.
    static let maximumLength = 64 << 10
    /// A channel that does not answer in this time has none.
    static let timeout = Duration.seconds(5)
    private static let none = Array(#"{"notices": []}"#.utf8)

    private let fetcher: (any Fetcher)?

    /// - Parameter fetcher: asks channels; nil if nobody is to be asked.
    public init(_ fetcher: (any Fetcher)?) { self.fetcher = fetcher }

    /// A channel's notices; an empty list if it has none, or none that can be had.
    func file(of channel: ProxiedChannel, now: Timestamp) async -> FoundFile {
        let bytes = await bytes(of: channel) ?? Self.none
        return FoundFile(
            resource: ServedResource(
                blob: Digest.of(bytes),
                size: UInt64(bytes.count),
                mediaType: "application/json",
                caching: .seconds(300, isPrivate: true),
                modified: now
            ),
            source: .buffer(ByteBuffer(bytes: bytes)),
            fields: []
        )
    }

    private func bytes(of channel: ProxiedChannel) async -> [UInt8]? {
        guard let fetcher else { return nil }
        for url in channel.mirrors.isEmpty ? [channel.url] : channel.mirrors {
            var bytes: [UInt8] = []
            var request = FetchRequest(
                url.textWithCredentials + "/notices.json",
                maximumLength: Self.maximumLength,
                timeout: Self.timeout
            )
            request.bearer = channel.bearer
            let outcome = try? await fetcher.fetch(request) { bytes.append(contentsOf: $0) }
            if outcome == .complete, Self.isNotices(bytes) { return bytes }
        }
        return nil
    }

    private static func isNotices(_ bytes: [UInt8]) -> Bool {
        guard let document = try? JSONReader.read(bytes, of: "notices") else { return false }
        return document.object?["notices"]?.array != nil && !holdsControl(document)
    }

    /// Whether there is a character in it that clients would send to a terminal as an order, such as one that hides what stands
    /// before it.
    private static func holdsControl(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool, .number: false
        case .string(let text):
            text.unicodeScalars.contains {
                $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t"
            }
        case .array(let elements): elements.contains(where: holdsControl)
        case .object(let object): object.members.contains { holdsControl($0.value) }
        }
    }
}
