-- AlterTable
ALTER TABLE "accounts" ADD COLUMN     "default_role" TEXT NOT NULL DEFAULT 'operator';

-- AlterTable
ALTER TABLE "maintenances" ADD COLUMN     "approval" TEXT,
ADD COLUMN     "requested_by" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "scopes" ADD COLUMN     "requires_approval" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "role_grants" (
    "account_id" INTEGER NOT NULL,
    "subject" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "role_grants_pkey" PRIMARY KEY ("account_id","subject")
);

-- CreateTable
CREATE TABLE "freezes" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "scope_id" INTEGER,
    "start_date" TIMESTAMPTZ(3) NOT NULL,
    "end_date" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT NOT NULL,
    "effect" TEXT NOT NULL DEFAULT 'block',
    "created_by_id" TEXT NOT NULL,
    "created_by_name" TEXT NOT NULL,
    "creation_date" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "freezes_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "freezes_account_id_end_date_idx" ON "freezes"("account_id", "end_date");

-- AddForeignKey
ALTER TABLE "role_grants" ADD CONSTRAINT "role_grants_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "freezes" ADD CONSTRAINT "freezes_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "freezes" ADD CONSTRAINT "freezes_account_id_scope_id_fkey" FOREIGN KEY ("account_id", "scope_id") REFERENCES "scopes"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot say.

ALTER TABLE "accounts" ADD CONSTRAINT "accounts_default_role" CHECK ("default_role" IN ('none', 'viewer', 'operator', 'approver'));

ALTER TABLE "maintenances" ADD CONSTRAINT "maintenances_approval" CHECK ("approval" IN ('pending', 'approved', 'declined')),
    ADD CONSTRAINT "maintenances_approved_first" CHECK ("status" <> 'in-progress' OR "approval" IS NULL OR "approval" = 'approved'),
    ADD CONSTRAINT "maintenances_requested_by" CHECK ("requested_by" IS NOT NULL AND array_position("requested_by", NULL) IS NULL);

ALTER TABLE "role_grants" ADD CONSTRAINT "role_grants_role" CHECK ("role" IN ('none', 'viewer', 'operator', 'approver', 'admin')),
    ADD CONSTRAINT "role_grants_subject" CHECK (btrim("subject") <> '');

ALTER TABLE "freezes" ADD CONSTRAINT "freezes_effect" CHECK ("effect" IN ('block', 'warn')),
    ADD CONSTRAINT "freezes_end_after_start" CHECK ("end_date" > "start_date"),
    ADD CONSTRAINT "freezes_reason" CHECK (btrim("reason") <> '');
