-- What Prisma cannot say. The words are those of src/domain/enforcement.ts.

ALTER TABLE "holds" DROP CONSTRAINT "holds_outcome",
    ADD CONSTRAINT "holds_outcome" CHECK ("outcome" IN ('pending', 'disabled', 'skipped', 'failed', 'overridden')),
    DROP CONSTRAINT "holds_intended_first",
    ADD CONSTRAINT "holds_intended_first" CHECK ("outcome" NOT IN ('disabled', 'overridden') OR "intended_at" IS NOT NULL);
